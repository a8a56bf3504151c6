import { signOf, wordsOf, type Chip } from "@/actions/wording/changeChips";

import { choicesOf, switched } from "./chips";
import type { Planned } from "./kept";
import { choose } from "./refining";

const LOOKS: Partial<Record<Chip["kind"], string>> = {
  keep: "text-text",
  remove: "text-bad",
  add: "text-good",
};

/** What was understood; each can be switched off and on. */
export function Chips({ planned: { chips } }: { planned: Planned }) {
  if (!chips.length) return null;
  return (
    <ul aria-label="What changes" className="flex flex-wrap gap-2">
      {chips.map((chip, index) => (
        <li key={`${chip.kind} ${chip.from ?? ""} ${chip.term}`}>
          <button
            type="button"
            aria-pressed={chip.on}
            className={`flex min-h-9 items-center gap-1.5 rounded-full border px-3 text-sm pointer-coarse:min-h-11 ${chip.on ? "border-soft bg-raised" : "border-dashed border-line text-soft line-through"}`}
            onClick={() => void choose(switched(chips, index))}
          >
            <span aria-hidden className={chip.on ? (LOOKS[chip.kind] ?? "text-accent") : ""}>
              {signOf(chip)}
            </span>
            <span dir="auto">{wordsOf(chip)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Wishes that exclude one another, each with its ways out. */
export function Conflicts({ planned: { first, chips } }: { planned: Planned }) {
  return first.conflicts.map((conflict, index) => (
    <fieldset key={index} className="grid gap-2 rounded-lg border border-warm p-2">
      <legend className="px-1 text-xs text-warm">Two wishes that exclude one another</legend>
      <p dir="auto" className="text-sm">
        {conflict.message}
      </p>
      <div className="flex flex-wrap gap-2">
        {choicesOf(conflict, chips).map((choice) => (
          <button
            key={choice.words}
            type="button"
            aria-pressed={choice.chosen}
            className="min-h-9 rounded-lg border border-line px-3 text-left text-sm hover:border-soft aria-pressed:border-accent aria-pressed:bg-raised pointer-coarse:min-h-11"
            onClick={() => void choose(choice.chips)}
          >
            {choice.words}
          </button>
        ))}
      </div>
    </fieldset>
  ));
}
