/** What the hub says of the open session's generations, and what the person thinks of them. */
import { create } from "zustand";

import type { LiveMessage } from "@/api/events";
import type { Batch, Generation } from "@/api/types";
import { applyEvent, NOTHING, type LiveState } from "@/stores/applyEvent";

export type Mark = "selected" | "rejected";
export type Marks = Readonly<Record<string, Mark>>;

interface GenerationStore {
  live: LiveState;
  marks: Marks;
  /** Earlier marks, the newest last; `undo` goes back through them. */
  pastMarks: readonly Marks[];
  receive: (message: LiveMessage) => void;
  /** What was just submitted is shown at once, before its first event. */
  addBatch: (batch: Batch) => void;
  /** The hub's newest word about some generations. */
  replace: (generations: readonly Generation[]) => void;
  setMarks: (marks: Marks) => void;
  toggle: (generationIds: readonly string[], mark: Mark) => void;
  undo: () => boolean;
  reset: () => void;
}

const MOST_UNDO = 100;

export const useGenerationStore = create<GenerationStore>()((set, get) => ({
  live: NOTHING,
  marks: {},
  pastMarks: [],
  receive: (message) => set(({ live }) => ({ live: applyEvent(live, message) })),
  addBatch: (batch) =>
    set(({ live }) => {
      const added = batch.generations.filter((each) => !(each.id in live.generations));
      const tally = {
        batch_id: batch.batch_id,
        completed: batch.completed,
        batch_total: batch.total,
        eta_seconds: batch.eta_seconds,
      };
      return {
        live: {
          ...live,
          generations: { ...live.generations, ...Object.fromEntries(added.map((each) => [each.id, each])) },
          batches: { [batch.batch_id]: tally, ...live.batches },
        },
      };
    }),
  replace: (generations) =>
    set(({ live }) => {
      const known = generations.filter((each) => each.id in live.generations);
      const changed = Object.fromEntries(known.map((each) => [each.id, each]));
      return { live: { ...live, generations: { ...live.generations, ...changed } } };
    }),
  setMarks: (marks) => set({ marks, pastMarks: [] }),
  toggle: (generationIds, mark) =>
    set(({ marks, pastMarks }) => ({
      marks: toggled(marks, generationIds, mark),
      pastMarks: [...pastMarks, marks].slice(-MOST_UNDO),
    })),
  undo: () => {
    const { pastMarks } = get();
    const before = pastMarks.at(-1);
    if (!before) return false;
    set({ marks: before, pastMarks: pastMarks.slice(0, -1) });
    return true;
  },
  reset: () => set({ live: NOTHING, marks: {}, pastMarks: [] }),
}));

/** Every one gets the mark; where all had it already, it is taken away. */
export function toggled(marks: Marks, generationIds: readonly string[], mark: Mark): Marks {
  const next: Record<string, Mark> = { ...marks };
  const all = generationIds.every((each) => marks[each] === mark);
  for (const each of generationIds) {
    if (all) delete next[each];
    else next[each] = mark;
  }
  return next;
}

/** Of a stage, newest batch first, each batch in its own order. */
export function ofStage(generations: LiveState["generations"], stage: number): Generation[][] {
  const batches = new Map<string, Generation[]>();
  for (const each of Object.values(generations)) {
    if (each.stage !== stage) continue;
    const members = batches.get(each.batch_id);
    if (members) members.push(each);
    else batches.set(each.batch_id, [each]);
  }
  return [...batches.values()].sort((one, other) => (other[0]?.created_at ?? "").localeCompare(one[0]?.created_at ?? ""));
}
