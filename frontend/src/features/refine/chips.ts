/** What was understood of feedback as chips, each of which can be switched off; and back into operations. */
import { chipsIn, wordsOf, type Chip } from "@/actions/wording/changeChips";
import type { Changes, Conflict, IterationPlan } from "@/api/types";

type Terms = Exclude<keyof Changes, "modify">;

/** All that was understood, also what the prompt already says or never said: notes tell what became of it. */
export function chipsOf({ understood, changes }: Pick<IterationPlan, "understood" | "changes">): Chip[] {
  const seen = understood.keep.filter((term) => has(changes.add, term)); // in the picture alone: kept by being added
  const told = { ...understood, keep: understood.keep.filter((term) => !seen.includes(term)) };
  return chipsIn({ ...told, add: [...told.add, ...seen.filter((term) => !has(told.add, term))] });
}

/** Of the chips that are on. */
export function changesOf(chips: readonly Chip[]): Changes {
  const on = chips.filter((each) => each.on);
  const terms = (kind: Terms) => on.filter((each) => each.kind === kind).map((each) => each.term);
  return {
    keep: terms("keep"),
    remove: terms("remove"),
    add: terms("add"),
    modify: on.filter((each) => each.kind === "modify").map(({ from = "", term }) => ({ from, to: term })),
    emphasis_up: terms("emphasis_up"),
    emphasis_down: terms("emphasis_down"),
  };
}

/** What a session remembers of a plan: what was carried out, and what goes into the negative prompt alone. */
export function remembered({ changes, conflicts }: IterationPlan, chips: readonly Chip[]): Changes {
  const lost = conflicts.map((each) => each.term);
  const avoided = changesOf(chips).remove.filter((term) => !has(changes.remove, term) && !has(lost, term));
  return { ...changes, remove: [...changes.remove, ...avoided] };
}

export const switched = (chips: readonly Chip[], index: number): Chip[] =>
  chips.map((each, at) => (at === index ? { ...each, on: !each.on } : each));

/** One way out of a conflict, and the chips as they then are. */
export interface Choice {
  words: string;
  chosen: boolean;
  chips: readonly Chip[];
}

/** Two wishes that exclude one another: the ways out of it. None where only one thing about it was said. */
export function choicesOf(conflict: Conflict, chips: readonly Chip[]): Choice[] {
  const about = chips.flatMap((chip, index) => (concerns(chip, conflict.term) ? [index] : []));
  const only = (kept: readonly number[]) =>
    chips.map((chip, index) => (about.includes(index) ? { ...chip, on: kept.includes(index) } : chip));
  const choice = (words: string, kept: readonly number[]): Choice => {
    const chosen = about.every((index) => chips[index]?.on === kept.includes(index));
    return { words, chosen, chips: only(kept) };
  };
  if (conflict.earlier_feedback !== null && about.length)
    return [choice("As I say now", about), choice(`As before: ${conflict.earlier_feedback}`, [])];
  if (about.length < 2) return [];
  return about.map((index) => choice(wordsOf(chips[index]!), [index]));
}

const concerns = ({ term, from = "" }: Chip, about: string): boolean =>
  [term, from].some((each) => each !== "" && (contains(each, about) || contains(about, each)));

/** Whole words, in whatever case. */
function contains(text: string, term: string): boolean {
  const words = (each: string) =>
    ` ${each
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
      .trim()} `;
  return words(text).includes(words(term));
}

const has = (terms: readonly string[], term: string): boolean =>
  terms.some((each) => each.toLowerCase() === term.toLowerCase());
