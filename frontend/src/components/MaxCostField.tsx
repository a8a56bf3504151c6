import { useEffect, useId, useState } from "react";

import { amountOf, usd } from "@/lib/money";

interface Props {
  /** What may be spent, in dollars. */
  value: number;
  /** What one press asks for: "a batch", "a job". */
  what: string;
  /** Whether a node of the fleet is paid by the hour. */
  hourly: boolean;
  onChange: (value: number) => void;
}

/** The most that one press may cost. While what is typed is no amount, nothing may be spent. */
export function MaxCostField({ value, what, hourly, onChange }: Props) {
  const id = useId();
  const [text, setText] = useState(shown(value));
  const amount = amountOf(text);
  useEffect(() => {
    setText((typed) => ((amountOf(typed) ?? 0) === value ? typed : shown(value))); // said elsewhere
  }, [value]);
  return (
    <div className="grid gap-1 text-sm" data-max-cost>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <label htmlFor={id} className="text-soft">
          May cost at most
        </label>
        <span className="flex items-center gap-1">
          <span aria-hidden>$</span>
          <input
            id={id}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            className="field w-24 py-1 tabular-nums"
            aria-invalid={amount === null}
            aria-describedby={`${id}-note`}
            placeholder="0"
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              onChange(amountOf(target.value) ?? 0);
            }}
          />
        </span>
        <span id={`${id}-note`} className={`text-xs ${amount === null ? "text-bad" : "text-soft"}`}>
          {noteOf(amount, what, hourly)}
        </span>
      </div>
    </div>
  );
}

const shown = (value: number): string => (value ? usd(value).slice(1) : "");

function noteOf(amount: number | null, what: string, hourly: boolean): string {
  if (amount === null) return "Not an amount such as 0.08: until then nothing is spent.";
  if (!amount) return `${what}: only what costs nothing is used`;
  return hourly
    ? `${what}, and never more for drawing it; a rented machine's starting and idling is paid from its own budget`
    : `${what}, and never more`;
}
