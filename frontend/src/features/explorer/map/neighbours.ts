/** What lies beside the centre: asked for once, and drawn when somebody goes there. */
import { toast } from "sonner";
import { create } from "zustand";

import { allowed } from "@/actions/batchRequest";
import { chosenSince, laidOverPictures } from "@/actions/wording/laidOver";
import { cancelBatch, inWords } from "@/actions/batches";
import { retry } from "@/actions/pictures";
import { post, postOnce } from "@/api/client";
import type { Batch, Direction, Generation, Neighbours } from "@/api/types";
import { pictureNow } from "@/features/explorer/pictures";
import { plural } from "@/lib/format";
import { same } from "@/lib/mergePatch";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

export type Found = { neighbours: Neighbours; problem: null } | { neighbours: null; problem: string };

interface NeighbourStore {
  found: Readonly<Record<string, Found>>;
  /** The centre whose neighbours are drawn as soon as it is there itself. */
  wanted: string | null;
}

export const useNeighbourStore = create<NeighbourStore>()(() => ({ found: {}, wanted: null }));

export const keyOf = (centre: string, direction: Direction): string => `${direction} ${centre}`;

const asking = new Map<string, Promise<Found>>();

/** Asks once, unless there were none: a picture that was only being drawn then may have some now. */
export function findNeighbours(centre: string, direction: Direction): Promise<Found> {
  const key = keyOf(centre, direction);
  const known = useNeighbourStore.getState().found[key];
  if (known?.neighbours?.request) return Promise.resolve(known);
  const begun = asking.get(key) ?? ask(centre, direction).finally(() => asking.delete(key));
  asking.set(key, begun);
  return begun;
}

async function ask(centre: string, direction: Direction): Promise<Found> {
  const found = await post<Neighbours>("/api/explore/neighbours", { generation_id: centre, direction }).then(
    (neighbours): Found => ({ neighbours, problem: null }),
    (error: Error): Found => ({ neighbours: null, problem: inWords(error) }),
  );
  useNeighbourStore.setState((store) => ({ found: { ...store.found, [keyOf(centre, direction)]: found } }));
  return found;
}

const RANK: Readonly<Record<string, number>> = { complete: 0, generating: 1, queued: 2 };
const rank = ({ status }: Generation): number => RANK[status] ?? 3;

/** The picture of each neighbour with these styles laid over it, the best of several; null: nobody has asked for it. */
export function drawnOnes(
  { generation_id: centre, neighbours }: Neighbours,
  pictures: Readonly<Record<string, Generation>>,
  styles: readonly string[],
): (string | null)[] {
  const beside = Object.values(pictures).filter(
    (each) => each.parent_id === centre && each.stage === 0 && sameNames(each.written?.styles ?? [], styles),
  );
  return neighbours.map(({ varied }) => {
    const [best] = beside.filter((each) => same(each.varied, varied)).sort((one, other) => rank(one) - rank(other));
    return best?.id ?? null;
  });
}

const sameNames = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((name) => others.includes(name));

/** Draws the neighbours that nobody has asked for; what is drawn ahead is taken over. A refusal is shown. */
export async function drawNeighbours(centre: string, direction: Direction, only?: number): Promise<void> {
  useNeighbourStore.setState({ wanted: null });
  const { neighbours } = await findNeighbours(centre, direction);
  if (!neighbours?.request) return;
  const drawn = drawnOnes(
    neighbours,
    useGenerationStore.getState().live.generations,
    chosenSince([centre], pictureNow),
  );
  const places = drawn.map((_, place) => place).filter((place) => only === undefined || place === only);
  await Promise.all(places.map((place) => takeOver(drawn[place] ?? null)));
  const missing = places.filter((place) => drawn[place] === null);
  const variations = neighbours.request["variations"];
  if (!missing.length || !Array.isArray(variations)) return;
  try {
    const { max_cost_usd: _, ...request } = neighbours.request;
    const batch = await postOnce<Batch>("/api/generate/variations", {
      ...request,
      ...{ session_id: useSessionStore.getState().sessionId, stage: 0, priority: "interactive" },
      ...allowed(),
      ...laidOverPictures([centre], pictureNow),
      variations: missing.map((place) => variations[place] as unknown),
    });
    useGenerationStore.getState().addBatch(batch);
    toast(`${plural(missing.length, "neighbour")} asked for`, {
      id: "neighbours",
      cancel: { label: "Cancel", onClick: () => void cancelBatch(batch.batch_id) },
    });
  } catch (error) {
    toast.error(error instanceof Error ? inWords(error) : String(error));
  }
}

/** A picture that is drawn ahead, or gave way, becomes a person's own; one that failed is tried again. */
export async function takeOver(id: string | null): Promise<void> {
  const status = id && pictureNow(id)?.status;
  if (!id || !status || status === "complete") return;
  const { replace } = useGenerationStore.getState();
  try {
    const promoted = await post<Generation>(`/api/generations/${encodeURIComponent(id)}/promote`);
    replace([promoted]);
    if (promoted.status === "cancelled" || promoted.status === "failed") await retry(promoted);
  } catch (error) {
    toast.error(error instanceof Error ? inWords(error) : String(error));
  }
}
