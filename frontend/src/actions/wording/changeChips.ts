/** What each change of a prompt is called, as a chip that can be switched off. */
import type { Changes } from "@/api/types";

export interface Chip {
  kind: keyof Changes;
  /** What it is about; of `modify` what comes. */
  term: string;
  /** Of `modify` alone: what it takes the place of. */
  from?: string;
  on: boolean;
}

/** In the order in which chips are shown. */
const KINDS: readonly (keyof Changes)[] = ["keep", "remove", "modify", "add", "emphasis_up", "emphasis_down"];

const SAID: Readonly<Record<keyof Changes, { sign: string; verb: string }>> = {
  keep: { sign: "✓", verb: "Keep" },
  remove: { sign: "−", verb: "Remove" },
  modify: { sign: "⇄", verb: "Replace" },
  add: { sign: "+", verb: "Add" },
  emphasis_up: { sign: "▲", verb: "More" },
  emphasis_down: { sign: "▼", verb: "Less" },
};

export const signOf = (chip: Chip): string => SAID[chip.kind].sign;

/** "Remove hat", "Replace boat by bridge". */
export const wordsOf = ({ kind, term, from }: Chip): string =>
  kind === "modify" && from ? `${SAID.modify.verb} ${from} by ${term}` : `${SAID[kind].verb} ${term}`;

export const chipsIn = (changes: Changes): Chip[] =>
  KINDS.flatMap((kind): Chip[] =>
    kind === "modify"
      ? changes.modify.map(({ from, to }) => ({ kind, term: to, from, on: true }))
      : changes[kind].map((term) => ({ kind, term, on: true })),
  );
