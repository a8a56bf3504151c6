/** What a grid asks of the hub: the settings that all its pictures share, and its axes. */
import { allowed, bodyFor } from "@/actions/batchRequest";
import { laidOverPictures } from "@/actions/wording/laidOver";
import { axisBody, gridOf } from "@/features/explorer/axes/axis";
import { findNeighbours } from "@/features/explorer/map/neighbours";
import { pictureNow } from "@/features/explorer/pictures";
import { centreOf, type ExplorerState } from "@/features/explorer/state";
import { useSessionStore } from "@/stores/sessionStore";

export const VARIATIONS = "/api/generate/variations";

export interface GridRequest {
  body: object | null;
  /** Why there is none, where that is no fault of an axis. */
  problem: string | null;
}

/** Of the picture at the centre, or of the prompt. */
export async function gridRequest(state: ExplorerState): Promise<GridRequest> {
  const { x, y } = state;
  const grid = gridOf(x, y);
  if (!grid.x.values || (y && !grid.y?.values)) return { body: null, problem: null };
  const axes = { x: axisBody(x, grid.x.values), ...(y && grid.y?.values && { y: axisBody(y, grid.y.values) }) };
  const { base, problem } = await baseOf(state);
  if (!base) return { body: null, problem };
  const { sessionId } = useSessionStore.getState();
  return { body: { ...base, session_id: sessionId, stage: 0, ...allowed(), axes }, problem: null };
}

async function baseOf(state: ExplorerState): Promise<{ base: object | null; problem: string | null }> {
  const centre = centreOf(state);
  if (state.ofPicture && centre) {
    const fromIt = [state.x, state.y].some((axis) => axis?.parameter === "denoise_strength");
    const { neighbours, problem } = await findNeighbours(centre, fromIt ? "strength" : "seed");
    if (!neighbours?.request) return { base: null, problem: problem ?? neighbours?.none_because ?? null };
    const { variations: _, max_cost_usd: __, ...base } = neighbours.request;
    return { base: { ...base, ...laidOverPictures([centre], pictureNow) }, problem: null };
  }
  if (!useSessionStore.getState().config.prompt.trim()) return { base: null, problem: "Write a prompt first" };
  const body = bodyFor(0, []);
  if (!body) return { base: null, problem: null };
  const { count: _, ...base } = body;
  return { base, problem: null };
}
