/** The keys of the funnel. */
import { toast } from "sonner";

import { star } from "@/actions/pictures";
import { putOnBoard } from "@/actions/boards/boards";
import { useContinue, useGenerate } from "@/actions/batches";
import { goToStage } from "@/actions/stages";
import { LAST_STAGE } from "@/lib/stages";
import { pick, pickTo } from "@/features/funnel/picking";
import { hasPicture, picked, useStage } from "@/actions/batchRequest";
import { columnsOf, focusTile, step, type Direction } from "@/lib/grid";
import { useKeys } from "@/lib/useKeys";
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

export function useFunnelKeys(): void {
  const stage = useStage();
  const { next, chosen } = useContinue(stage);
  const { generate } = useGenerate();
  const free = useUiStore(
    ({ viewedId, compared, keysShown, drawerOpen }) => !viewedId && !compared && !keysShown && !drawerOpen,
  );
  const { toggle, undo } = useGenerationStore.getState();
  useKeys(
    {
      left: () => move(stage, "left"),
      right: () => move(stage, "right"),
      up: () => move(stage, "up"),
      down: () => move(stage, "down"),
      extendLeft: () => extend(stage, "left"),
      extendRight: () => extend(stage, "right"),
      extendUp: () => extend(stage, "up"),
      extendDown: () => extend(stage, "down"),
      select: () => withFocused(({ id }) => pick(id)),
      reject: () => withFocused(({ id }) => toggle([id], "rejected")),
      star: () => withFocused((each) => void star(each)),
      board: () => putOnBoard(pickedOrFocused(stage)),
      open: () => withFocused((each) => hasPicture(each) && useUiStore.getState().set({ viewedId: each.id })),
      compare: () => compareFocused(stage),
      generate: () => void (chosen.length && stage < LAST_STAGE ? next() : generate()),
      undo: () => void (undo() || toast("Nothing to take back")),
      stage1: () => void goToStage(0),
      stage2: () => void goToStage(1),
      stage3: () => void goToStage(2),
      stage4: () => void goToStage(3),
    },
    free,
  );
}

const shown = (stage: number) => ofStage(useGenerationStore.getState().live.generations, stage).flat();

function withFocused(act: (generation: ReturnType<typeof shown>[number]) => void): void {
  const { focusedId } = useUiStore.getState();
  const generation = focusedId && useGenerationStore.getState().live.generations[focusedId];
  if (generation) act(generation);
}

/** Ids of what is picked in the stage; without picks, of the picture with the focus. */
function pickedOrFocused(stage: number): string[] {
  const { live, marks } = useGenerationStore.getState();
  const chosen = picked(live.generations, marks, stage);
  const focused = live.generations[useUiStore.getState().focusedId ?? ""];
  return (chosen.length ? chosen : focused ? [focused] : []).filter(hasPicture).map(({ id }) => id);
}

/** Moves the focus and picks all on the way. */
function extend(stage: number, direction: Direction): void {
  const from = useUiStore.getState().focusedId;
  move(stage, direction);
  const to = useUiStore.getState().focusedId;
  if (to) pickTo(to, from);
}

function move(stage: number, direction: Direction): void {
  const all = shown(stage);
  const grid = document.querySelector<HTMLElement>("[data-grid]");
  if (!grid || !all.length) return;
  const index = all.findIndex((each) => each.id === useUiStore.getState().focusedId);
  const target = all[step(index, direction, all.length, columnsOf(grid))];
  if (!target) return;
  useUiStore.getState().set({ focusedId: target.id });
  focusTile(target.id);
}

/** Compare the focused picture with the other one picked last or, without picks, with its neighbour. */
function compareFocused(stage: number): void {
  const all = shown(stage).filter(hasPicture);
  const { focusedId, set } = useUiStore.getState();
  const { marks } = useGenerationStore.getState();
  const one = all.find((each) => each.id === focusedId) ?? all[0];
  const others = all.filter((each) => each.id !== one?.id);
  const other =
    Object.keys(marks)
      .reverse()
      .map((id) => others.find((each) => each.id === id && marks[id] === "selected"))
      .find(Boolean) ?? others[0];
  if (one && other) set({ compared: [one.id, other.id] });
  else toast("Two finished pictures are needed to compare");
}
