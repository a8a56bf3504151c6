/** Picking one picture, or all between two. */
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

/** Picks it, or not any more; a range begins here. */
export function pick(id: string): void {
  useUiStore.getState().set({ pickedFrom: id });
  useGenerationStore.getState().toggle([id], "selected");
}

/** Picks all from `from`, where that is not told from the one that was picked last, to this one: one step of undo. */
export function pickTo(id: string, from: string | null = useUiStore.getState().pickedFrom): void {
  const { live, marks, toggle } = useGenerationStore.getState();
  const stage = live.generations[id]?.stage;
  if (stage === undefined) return;
  const shown = ofStage(live.generations, stage).flat();
  const end = shown.findIndex((each) => each.id === id);
  const begin = shown.findIndex((each) => each.id === from);
  const [first, last] = begin < 0 ? [end, end] : [Math.min(begin, end), Math.max(begin, end)];
  useUiStore.getState().set({ pickedFrom: id });
  const wanted = shown.slice(first, last + 1).filter((each) => canBePicked(each) && marks[each.id] !== "selected");
  if (wanted.length)
    toggle(
      wanted.map((each) => each.id),
      "selected",
    );
}

/** What has ended without a picture is passed over. */
const canBePicked = ({ status }: { status: string }): boolean => status !== "failed" && status !== "cancelled";
