import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { SeedText } from "@/components/SeedText";
import { isNarrowed, type GallerySearch } from "@/features/gallery/search";
import { modelName } from "@/lib/format";
import { useMedia } from "@/lib/useMedia";
import { seedProblem } from "@/lib/seed";
import { useBoardStore } from "@/stores/boardStore";
import { useGpuStore } from "@/stores/gpuStore";
import { useFleetLoras } from "@/stores/useFleetLoras";

const FAMILIES = ["sd15", "sdxl", "pony", "illustrious", "flux", "qwen-image", "z-image"];

const SORTS = [
  ["oldest", "Oldest first"],
  ["rating", "Best rated first"],
  ["model", "By name of model"],
] as const;

interface Props {
  search: GallerySearch;
  onChange: (fields: Partial<GallerySearch>) => void;
  onReset: () => void;
}

/** The style sheet's `md`, from which all filters are shown. */
const UNFOLDED = "(min-width: 768px)";

export function GalleryFilters({ search, onChange, onReset }: Props) {
  const [more, setMore] = useState(false);
  const unfolded = useMedia(UNFOLDED);
  const boards = useBoardStore((store) => store.boards);
  const board = <BoardChoice search={search} onChange={onChange} />;
  return (
    <search aria-label="Pictures" className="grid gap-x-3 2xl:grid-cols-[minmax(12rem,1fr)_4fr]">
      <div className="flex items-end gap-2">
        <div className="grow">
          <Field label="Prompt">
            {(control) => (
              <input
                {...control}
                type="search"
                className="field"
                placeholder="Words of the prompt"
                value={search.prompt}
                onChange={({ target }) => onChange({ prompt: target.value })}
              />
            )}
          </Field>
        </div>
        <Button className="mb-1 md:hidden" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? "Fewer filters" : "More filters"}
        </Button>
      </div>
      {!unfolded && (boards?.length || search.board) && board}
      <MoreFilters shown={more} board={unfolded && board} search={search} onChange={onChange} onReset={onReset} />
    </search>
  );
}

/** Folded on a narrow page. */
function MoreFilters({ shown, board, search, onChange, onReset }: Props & { shown: boolean; board: ReactNode }) {
  const gpus = useGpuStore((state) => state.gpus);
  const loras = useFleetLoras();
  return (
    <div className={`${shown ? "grid" : "hidden md:grid"} grid-cols-2 gap-x-3 sm:grid-cols-3 xl:grid-cols-5`}>
      <Choice
        label="Family"
        value={search.family}
        options={FAMILIES.map((each) => [each, each])}
        onChange={(family) => onChange({ family })}
      />
      <Choice
        label="LoRA"
        value={search.lora}
        options={[...loras.keys()].map((each) => [each, modelName(each)])}
        onChange={(lora) => onChange({ lora })}
      />
      <Choice
        label="Node"
        value={search.gpuId}
        options={gpus.map((gpu) => [gpu.id, gpu.name])}
        onChange={(gpuId) => onChange({ gpuId })}
      />
      <Field label="Seed" error={seedProblem(search.seed || null)}>
        {(control) => (
          <SeedText
            control={control}
            seed={search.seed}
            placeholder="Any"
            onChange={(seed) => onChange({ seed: seed === null ? "" : String(seed) })}
          />
        )}
      </Field>
      <DiffersIn value={search.varied} onChange={(varied) => onChange({ varied })} />
      <Day label="From" value={search.from} onChange={(from) => onChange({ from })} />
      <Day label="To" value={search.to} onChange={(to) => onChange({ to })} />
      {board}
      <RatingAndSort search={search} onChange={onChange} />
      <div className="flex items-center gap-1 whitespace-nowrap pt-2">
        <label className="flex min-h-9 cursor-pointer items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={search.starred}
            onChange={({ target }) => onChange({ starred: target.checked })}
          />
          Starred only
        </label>
        <Button look="quiet" disabled={!isNarrowed(search) && !search.sort} onClick={onReset}>
          Reset
        </Button>
      </div>
    </div>
  );
}

/** On a narrow page in sight: boards are what pictures are put on to be found again. */
function BoardChoice({ search, onChange }: Pick<Props, "search" | "onChange">) {
  const boards = useBoardStore((store) => store.boards);
  return (
    <Choice
      label="Board"
      value={search.board}
      options={(boards ?? []).map(({ id, name, count }) => [id, `${name} (${count})`])}
      onChange={(board) => onChange({ board })}
    />
  );
}

function RatingAndSort({ search, onChange }: Pick<Props, "search" | "onChange">) {
  return (
    <>
      <Choice
        label="Rating"
        value={search.rating}
        options={["1", "2", "3", "4", "5"].map((each) => [each, each === "5" ? "5" : `${each} or better`])}
        onChange={(rating) => onChange({ rating })}
      />
      <Choice
        label="Sort"
        none={search.board ? "As on the board" : "Newest first"}
        value={search.sort}
        options={search.board ? [["newest", "Newest first"], ...SORTS] : SORTS}
        onChange={(sort) => onChange({ sort })}
      />
    </>
  );
}

function DiffersIn({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Field label="Differs in">
      {(control) => (
        <input
          {...control}
          type="search"
          className="field"
          placeholder="steps 30"
          title="What sets it apart from the others of its batch: “steps”, “steps 30”, “wording dog”"
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  /** Label of the empty choice. */
  none?: string;
  /** Value and text. */
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, none = "Any", options, onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <select {...control} className="field" value={value} onChange={({ target }) => onChange(target.value)}>
          <option value="">{none}</option>
          {options.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          type="date"
          className="field"
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}
