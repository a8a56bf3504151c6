/** What the Explorer keeps in a session, with what each change of it and of the marks replaced, so that a reload or another
 * window takes it back just as well; pure. */
import { isMembers, same, type Members } from "@/lib/mergePatch";
import type { Mark, Marks } from "@/stores/generationStore";

/** Former marks of the pictures that were marked; null: none. */
export type FormerMarks = Readonly<Record<string, Mark | null>>;

const MOST_STEPS = 50;

/** With these fields changed, and a step that takes it back; the same where nothing changes. */
export function changed(kept: Members = {}, fields: Members): Members {
  const names = Object.keys(fields).filter((name) => !same(kept[name], fields[name]));
  if (!names.length) return kept;
  const was = Object.fromEntries(names.filter((name) => name !== "trail").map((name) => [name, kept[name] ?? null]));
  const way = names.includes("trail") && { trail: wayBack(listOf(kept["trail"]), listOf(fields["trail"])) };
  return { ...kept, ...fields, undo: more(kept, { was, ...way }) };
}

/** With a step that takes back marks. */
export const marked = (kept: Members = {}, marks: FormerMarks): Members => ({ ...kept, undo: more(kept, { marks }) });

const more = (kept: Members, step: Members): unknown[] => [...listOf(kept["undo"]), step].slice(-MOST_STEPS);

/** A trail only grows or is cut, so that a step need not hold all of it: so many of its pictures stay, these follow. */
function wayBack(before: readonly unknown[], after: readonly unknown[]): Members {
  const differs = before.findIndex((id, index) => id !== after[index]);
  const keep = differs < 0 ? before.length : differs;
  return { keep, add: before.slice(keep) };
}

export const canTakeBack = (kept: Members | undefined): boolean => listOf(kept?.["undo"]).length > 0;

/** As it was before the last step, with the marks that it changed; null: there is none. */
export function takenBack(kept: Members = {}): { kept: Members; marks: FormerMarks } | null {
  const steps = listOf(kept["undo"]);
  if (!steps.length) return null;
  const step = membersOf(steps.at(-1));
  const { keep, add } = membersOf(step["trail"]);
  const before = { ...kept, ...membersOf(step["was"]), undo: steps.slice(0, -1) };
  const trail = typeof keep === "number" && { trail: [...listOf(kept["trail"]).slice(0, keep), ...listOf(add)] };
  const marks = Object.entries(membersOf(step["marks"])).filter(isFormer);
  return { kept: withoutNothing({ ...before, ...trail }), marks: Object.fromEntries(marks) };
}

/** These marks, but for those of a step as they were before it. */
export function restored(marks: Marks, former: FormerMarks): Marks {
  const all = Object.entries({ ...marks, ...former });
  return Object.fromEntries(all.filter((entry): entry is [string, Mark] => entry[1] !== null));
}

const isFormer = (entry: [string, unknown]): entry is [string, Mark | null] =>
  entry[1] === "selected" || entry[1] === "rejected" || entry[1] === null;

const withoutNothing = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

// any client may have written it
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
