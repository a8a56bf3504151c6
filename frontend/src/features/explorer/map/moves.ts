/** The moves on the map. */
import { drawNeighbours, takeOver, useNeighbourStore } from "@/features/explorer/map/neighbours";
import { pictureNow } from "@/features/explorer/pictures";
import { backTo, centreOf, movedTo } from "@/features/explorer/state";
import { changeExplorer, explorerState } from "@/features/explorer/useExplorer";
import type { Direction } from "@/api/types";

/** Puts the picture into the middle and draws what lies beside it. */
export function moveTo(id: string): void {
  const before = explorerState();
  const { trail } = movedTo(before, id);
  if (trail !== before.trail) changeExplorer({ trail });
  look(id, before.direction);
}

/** Looks at the centre's neighbours in another direction. */
export function turnTo(direction: Direction): void {
  const state = explorerState();
  if (direction !== state.direction) changeExplorer({ direction });
  const centre = centreOf(state);
  if (centre) look(centre, direction);
}

/** Back on the trail; what lies there is not drawn again. */
export function goBack(step: number): void {
  const state = explorerState();
  if (step >= 0 && step < state.trail.length - 1) changeExplorer({ trail: backTo(state, step).trail });
}

/** Draws the neighbours, now or as soon as the picture itself is there. */
export function look(centre: string, direction: Direction): void {
  const picture = pictureNow(centre);
  if (picture?.status === "complete") void drawNeighbours(centre, direction);
  else {
    useNeighbourStore.setState({ wanted: centre });
    if (picture) void takeOver(centre);
  }
}
