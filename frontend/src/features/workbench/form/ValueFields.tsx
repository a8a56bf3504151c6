/** One control for each kind of value. */
import { useId } from "react";

import type { CatalogItem } from "@/api/types";
import { Button } from "@/components/Button";
import type { Control } from "@/components/Field";
import { SeedText } from "@/components/SeedText";
import type { InputValue } from "@/features/workbench/draft/draft";
import type { FormField } from "@/features/workbench/draft/formSchema";
import { modelName } from "@/lib/format";

export interface ValueProps {
  control: Control;
  field: FormField;
  value: InputValue | undefined;
  onChange: (value: InputValue | undefined) => void;
}

const textOf = (value: InputValue | undefined): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

export function LongText({ control, field, value, onChange }: ValueProps) {
  return (
    <textarea
      {...control}
      dir="auto"
      className={`field resize-y ${field.required ? "min-h-24" : "min-h-16"}`}
      value={textOf(value)}
      placeholder={field.fallback === null ? "" : String(field.fallback)}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

export function NameInput({ control, field, value, onChange }: ValueProps) {
  const list = useId();
  return (
    <>
      <input
        {...control}
        dir="auto"
        className="field"
        list={field.options.length ? list : undefined}
        value={textOf(value)}
        placeholder={field.fallback === null ? "" : String(field.fallback)}
        onChange={({ target }) => onChange(target.value)}
      />
      {field.options.length > 0 && (
        <datalist id={list}>
          {field.options.map((each) => (
            <option key={String(each)} value={String(each)} />
          ))}
        </datalist>
      )}
    </>
  );
}

const MOST_NOTCHES = 200;

export function NumberInput({ control, field, value, onChange }: ValueProps) {
  const { minimum, maximum, step, fallback } = field;
  const limits = { min: minimum ?? undefined, max: maximum ?? undefined, step: step ?? "any" };
  const slides = minimum !== null && maximum !== null && step !== null && (maximum - minimum) / step <= MOST_NOTCHES;
  const number = typeof value === "number" ? value : typeof fallback === "number" ? fallback : minimum;
  return (
    <div className="flex items-center gap-2">
      {slides && (
        <input
          type="range"
          {...limits}
          aria-label={`${field.title}, slider`}
          className="min-w-0 grow accent-(--accent)"
          value={number ?? 0}
          onChange={({ target }) => onChange(Number(target.value))}
        />
      )}
      <input
        {...control}
        {...limits}
        type="number"
        inputMode="decimal"
        className={`field ${slides ? "max-w-24" : ""}`}
        value={textOf(value)}
        placeholder={fallback === null ? "" : String(fallback)}
        onChange={({ target }) => onChange(target.value === "" ? undefined : Number(target.value))}
      />
    </div>
  );
}

export function BooleanInput({ control, field, value, onChange }: ValueProps) {
  return (
    <input
      {...control}
      type="checkbox"
      className="size-5 accent-(--accent)"
      checked={Boolean(value ?? field.fallback)}
      onChange={({ target }) => onChange(target.checked)}
    />
  );
}

interface ChoiceProps extends ValueProps {
  /** Value and text. */
  options: readonly (readonly [string, string])[];
  /** Label of the empty choice. */
  none: string;
}

export function ChoiceInput({ control, value, options, none, onChange }: ChoiceProps) {
  const chosen = textOf(value);
  const known = options.some(([each]) => each === chosen);
  return (
    <select
      {...control}
      className="field"
      value={chosen}
      onChange={({ target }) => onChange(target.value === "" ? undefined : target.value)}
    >
      <option value="">{none}</option>
      {chosen && !known && <option value={chosen}>{chosen} (not there now)</option>}
      {options.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </select>
  );
}

interface CatalogProps extends ValueProps {
  names: readonly CatalogItem[];
}

/** Names that some node has. */
export function CatalogInput({ names, ...rest }: CatalogProps) {
  const { fallback } = rest.field;
  const missing = typeof fallback === "string" && fallback !== "" && !names.some(({ name }) => name === fallback);
  const usual =
    fallback === null || fallback === "" ? "As the workflow says" : `Default: ${modelName(String(fallback))}`;
  return (
    <ChoiceInput
      {...rest}
      options={names.map(({ name }) => [name, modelName(name)] as const)}
      none={missing ? `${usual} (no node has it)` : usual}
    />
  );
}

const ROLLED = 2 ** 32;

export function SeedInput({ control, value, onChange, before }: ValueProps & { before: readonly string[] }) {
  const reference = typeof value === "string" && value.startsWith("@") ? value : null;
  return (
    <div className="flex flex-wrap gap-2">
      {reference ? (
        <output className="field w-auto grow">As {reference.slice(1).split(".")[0]}</output>
      ) : (
        <SeedText
          control={control}
          className="min-w-0 flex-1"
          seed={typeof value === "number" || typeof value === "string" ? value : null}
          placeholder="random"
          onChange={(seed) => onChange(seed ?? undefined)}
        />
      )}
      <Button
        aria-label="Roll a seed"
        title="Roll a seed and keep it"
        onClick={() => onChange(Math.floor(Math.random() * ROLLED))}
      >
        <Die />
      </Button>
      {value !== undefined && (
        <Button look="quiet" aria-label="Random seed" title="Another one each time" onClick={() => onChange(undefined)}>
          Random
        </Button>
      )}
      {!reference &&
        before.map((task) => (
          <Button key={task} look="quiet" onClick={() => onChange(`@${task}.seeds[0]`)}>
            As {task}
          </Button>
        ))}
    </div>
  );
}

function Die() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden className="size-5" fill="currentColor">
      <rect x="2" y="2" width="16" height="16" rx="4" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <circle cx="6.6" cy="6.6" r="1.5" />
      <circle cx="13.4" cy="6.6" r="1.5" />
      <circle cx="10" cy="10" r="1.5" />
      <circle cx="6.6" cy="13.4" r="1.5" />
      <circle cx="13.4" cy="13.4" r="1.5" />
    </svg>
  );
}
