import { useId } from "react";

import { Field } from "@/components/Field";
import { kindOf, KINDS, type Values } from "@/features/explorer/axes/axis";
import type { AxisDraft } from "@/features/explorer/state";
import { modelName } from "@/lib/format";
import { useFleetLoras } from "@/stores/useFleetLoras";
import { useModels } from "@/stores/modelStore";

interface Props {
  label: string;
  axis: AxisDraft;
  found: Values;
  /** The family whose checkpoints are offered. */
  family: string;
  /** `typed`: a letter, which the field itself takes back. */
  onChange: (axis: AxisDraft, typed?: boolean) => void;
}

/** One side of the grid: what differs, and in which values. */
export function AxisFields({ label, axis, found, family, onChange }: Props) {
  const kind = kindOf(axis.parameter);
  const presets = usePresets(axis.parameter, family);
  return (
    <fieldset className="grid content-start gap-2 rounded-xl border border-line p-3">
      <legend className="px-1 text-sm font-semibold">{label}</legend>
      <select
        aria-label={`${label}: what differs`}
        className="field"
        value={axis.parameter}
        onChange={({ target }) => {
          const next = kindOf(target.value);
          onChange({ parameter: next.parameter, of: "", values: next.presets[0] ?? "" });
        }}
      >
        {KINDS.map(({ parameter, name }) => (
          <option key={parameter} value={parameter}>
            {name}
          </option>
        ))}
      </select>
      {kind.of && <Of label={`${label}: ${kind.of}`} axis={axis} onChange={onChange} />}
      <Field
        label={`${label}: values`}
        error={found.problem ?? undefined}
        hint={kind.numbers ? "With commas, or a range: 10..30:5" : "With commas, or | where one has a comma"}
      >
        {(control) => (
          <input
            {...control}
            className="field"
            dir="auto"
            value={axis.values}
            placeholder={kind.hint}
            onChange={({ target }) => onChange({ ...axis, values: target.value }, true)}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-1">
        {presets.map(({ name, values }) => (
          <button
            key={values}
            type="button"
            aria-label={`${label}: take ${name}`}
            className="max-w-full truncate rounded-full border border-line px-2.5 py-1 text-xs text-soft hover:text-text"
            onClick={() => onChange({ ...axis, values })}
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Of({ label, axis, onChange }: Pick<Props, "label" | "axis" | "onChange">) {
  const loras = useFleetLoras();
  const id = useId();
  const isLora = axis.parameter === "lora";
  return (
    <>
      <input
        aria-label={label}
        className="field"
        dir="auto"
        list={isLora ? id : undefined}
        value={axis.of}
        placeholder={isLora ? "ink.safetensors" : "cat"}
        onChange={({ target }) => onChange({ ...axis, of: target.value }, true)}
      />
      {isLora && (
        <datalist id={id}>
          {[...loras.keys()].map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  );
}

function usePresets(parameter: string, family: string): readonly { name: string; values: string }[] {
  const models = useModels();
  if (parameter !== "checkpoint") return kindOf(parameter).presets.map((each) => ({ name: each, values: each }));
  const files = (models?.files ?? []).filter((each) => each.family === family && each.folder !== "loras");
  const names = files.map((each) => each.name);
  if (!names.length) return [];
  return [{ name: `all of ${family}: ${names.map(modelName).join(", ")}`, values: names.join(" | ") }];
}
