/** The hub's state of the open session's generations, and the person's marks on them. */
import { create } from "zustand";

import type { LiveMessage, NumberedEvent } from "@/api/events";
import { TERMINAL, type Batch, type Generation } from "@/api/types";
import { applyEvent, NOTHING, type LiveState } from "@/stores/applyEvent";

export type Mark = "selected" | "rejected";
export type Marks = Readonly<Record<string, Mark>>;

interface GenerationStore {
  live: LiveState;
  /** Events about generations before the answer that contains them: a node can be faster than the hub's reply. */
  early: readonly NumberedEvent[];
  marks: Marks;
  /** Former values of the changed marks, the newest change last; `undo` restores them. */
  pastMarks: readonly Readonly<Record<string, Mark | undefined>>[];
  receive: (message: LiveMessage) => void;
  /** Shows a submitted batch at once, before its first event. */
  addBatch: (batch: Batch) => void;
  /** Takes in the hub's newest state of some generations. */
  replace: (generations: readonly Generation[]) => void;
  /** Shows the session's marks; changes made here can still be undone. */
  showMarks: (marks: Marks) => void;
  toggle: (generationIds: readonly string[], mark: Mark) => void;
  undo: () => boolean;
  reset: () => void;
}

const MOST_UNDO = 100;

export const useGenerationStore = create<GenerationStore>()((set, get) => ({
  live: NOTHING,
  early: [],
  marks: {},
  pastMarks: [],
  receive: (message) =>
    set(({ live, early }) => ({ live: applyEvent(live, message), early: stillEarly(early, live, message) })),
  addBatch: (batch) =>
    set(({ live, early }) => {
      const added = batch.generations.filter((each) => !(each.id in live.generations));
      const tally = {
        batch_id: batch.batch_id,
        completed: batch.completed,
        batch_total: batch.total,
        eta_seconds: batch.eta_seconds,
      };
      const generations = { ...live.generations, ...Object.fromEntries(added.map((each) => [each.id, each])) };
      const missed = early.filter((event) => isUnknown(event, live.generations));
      const caughtUp = missed.reduce((state, event) => applyEvent({ ...state, seq: 0 }, event), {
        ...live,
        generations,
      });
      return {
        live: { ...live, generations: caughtUp.generations, batches: { [batch.batch_id]: tally, ...live.batches } },
        early: missed.filter((event) => isUnknown(event, generations)),
      };
    }),
  replace: (generations) =>
    set(({ live }) => {
      const known = generations.filter((each) => isNews(live, each));
      const changed = Object.fromEntries(known.map((each) => [each.id, each]));
      return { live: { ...live, generations: { ...live.generations, ...changed } } };
    }),
  showMarks: (marks) => set({ marks }),
  toggle: (generationIds, mark) =>
    set(({ marks, pastMarks }) => ({
      marks: toggled(marks, generationIds, mark),
      pastMarks: [...pastMarks, Object.fromEntries(generationIds.map((each) => [each, marks[each]]))].slice(-MOST_UNDO),
    })),
  undo: () => {
    const { marks, pastMarks } = get();
    const before = pastMarks.at(-1);
    if (!before) return false;
    const restored = Object.entries({ ...marks, ...before }).filter((entry): entry is [string, Mark] => !!entry[1]);
    set({ marks: Object.fromEntries(restored), pastMarks: pastMarks.slice(0, -1) });
    return true;
  },
  reset: () => set({ live: NOTHING, early: [], marks: {}, pastMarks: [] }),
}));

function stillEarly(early: readonly NumberedEvent[], live: LiveState, message: LiveMessage): readonly NumberedEvent[] {
  if (message.type === "snapshot") return [];
  const kept = message.seq > live.seq && message.type !== "progress" && isUnknown(message, live.generations);
  return kept ? [...early, message] : early;
}

const isUnknown = (event: NumberedEvent, generations: LiveState["generations"]): boolean =>
  "generation_id" in event && !(event.generation_id in generations);

/** Whether it is of this session and newer than the state here: an answer that was requested before the picture ended
 * is not. */
function isNews({ generations, session }: LiveState, told: Generation): boolean {
  const known = generations[told.id];
  if (!known) return told.session_id === session?.id;
  return !TERMINAL.has(known.status) || TERMINAL.has(told.status);
}

/** Marks all of them; if all have the mark already, removes it. */
export function toggled(marks: Marks, generationIds: readonly string[], mark: Mark): Marks {
  const next: Record<string, Mark> = { ...marks };
  const all = generationIds.every((each) => marks[each] === mark);
  for (const each of generationIds) {
    delete next[each]; // at the end, as the last one marked
    if (!all) next[each] = mark;
  }
  return next;
}

/** The generations of a stage, newest batch first, each batch in order. */
export function ofStage(generations: LiveState["generations"], stage: number): Generation[][] {
  const batches = new Map<string, Generation[]>();
  for (const each of Object.values(generations)) {
    if (each.stage !== stage) continue;
    const members = batches.get(each.batch_id);
    if (members) members.push(each);
    else batches.set(each.batch_id, [each]);
  }
  return [...batches.values()].sort((one, other) =>
    (other[0]?.created_at ?? "").localeCompare(one[0]?.created_at ?? ""),
  );
}
