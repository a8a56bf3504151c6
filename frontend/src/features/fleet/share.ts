/** How many pictures of the open session's newest batch each node has drawn. */
import type { Generation } from "@/api/types";

export function newestBatch(generations: Readonly<Record<string, Generation>>): Generation[] {
  const all = Object.values(generations);
  const newest = all.reduce<Generation | null>(
    (best, each) => (best && best.created_at >= each.created_at ? best : each),
    null,
  );
  return newest ? all.filter((each) => each.batch_id === newest.batch_id) : [];
}

export function drawnPerNode(batch: readonly Generation[]): Map<string, number> {
  const drawn = new Map<string, number>();
  for (const { gpu_id, status } of batch) {
    if (gpu_id && status === "complete") drawn.set(gpu_id, (drawn.get(gpu_id) ?? 0) + 1);
  }
  return drawn;
}
