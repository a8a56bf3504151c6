import { useId } from "react";

import { Field } from "@/components/Field";

/** Pixels of the picture; the hub's own usual value. */
const USUAL_PADDING = 64;
const MOST_PADDING = 4096;

interface Props {
  /** Null: the model sees the whole picture. */
  padding: number | null;
  onChange: (padding: number | null) => void;
}

/** What the model gets to see: the whole picture at its own size, or only the painted part with what is around it. */
export function AreaChoice({ padding, onChange }: Props) {
  const name = useId();
  const ways = [
    { text: "The whole picture", value: null },
    { text: "Only the painted part", value: padding ?? USUAL_PADDING },
  ];
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 text-sm text-soft">What the model sees</legend>
      <div className="flex flex-wrap gap-x-4">
        {ways.map(({ text, value }) => (
          <label key={text} className="inline-flex min-h-11 items-center gap-2 text-sm">
            <input
              type="radio"
              name={name}
              className="size-4 accent-accent"
              checked={(padding === null) === (value === null)}
              onChange={() => onChange(value)}
            />
            {text}
          </label>
        ))}
      </div>
      {padding !== null && (
        <>
          <p className="text-xs text-soft">
            At the model’s full size, and laid back into the picture, which keeps its own size and every pixel beside.
          </p>
          <Field label="Pixels around it that are seen, too">
            {(control) => (
              <input
                {...control}
                type="number"
                className="field w-28"
                min={0}
                max={MOST_PADDING}
                step={1}
                value={padding}
                onChange={({ target }) =>
                  onChange(Math.min(Math.max(Math.round(Number(target.value)) || 0, 0), MOST_PADDING))
                }
              />
            )}
          </Field>
        </>
      )}
    </fieldset>
  );
}
