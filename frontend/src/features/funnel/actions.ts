/** What is done with one generation from the grid or the viewer. */
import { toast } from "sonner";

import { post, request } from "@/api/client";
import type { Generation } from "@/api/types";
import { useGenerationStore } from "@/stores/generationStore";

const change = async (path: string, body?: unknown): Promise<void> => {
  try {
    useGenerationStore.getState().replace([await post<Generation>(path, body)]);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
};

export const star = (generation: Generation): Promise<void> =>
  change(`/api/generations/${generation.id}/star`, { starred: !generation.starred });

export const retry = (generation: Generation): Promise<void> => change(`/api/generations/${generation.id}/retry`);

/** One after the other, in their order; the first refusal ends it. */
export async function retryAll(generations: readonly Generation[]): Promise<void> {
  try {
    for (const { id } of generations)
      useGenerationStore.getState().replace([await post<Generation>(`/api/generations/${id}/retry`)]);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}

export async function cancelBatch(batchId: string): Promise<void> {
  try {
    const batch = await request<{ generations: Generation[] }>("DELETE", `/api/batches/${batchId}`);
    useGenerationStore.getState().replace(batch.generations);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}
