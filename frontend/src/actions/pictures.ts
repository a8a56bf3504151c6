/** What is done with pictures, one or several, wherever they are shown. */
import { toast } from "sonner";

import { post } from "@/api/client";
import type { Generation } from "@/api/types";
import { useGenerationStore } from "@/stores/generationStore";

const change = (id: string, action: "star" | "rate" | "retry", body?: unknown): Promise<Generation> =>
  post<Generation>(`/api/generations/${encodeURIComponent(id)}/${action}`, body);

/** Throws HubProblem. */
export const setStar = (id: string, starred: boolean): Promise<Generation> => change(id, "star", { starred });

/** Null when the hub refused, which has been shown. */
export const star = ({ id, starred }: Generation): Promise<Generation | null> => shown(setStar(id, !starred));

/** 1 to 5; null takes it away. Throws HubProblem. */
export const setRating = (id: string, rating: number | null): Promise<Generation> => change(id, "rate", { rating });

/** 1 to 5; the rating that it has already takes that away, as 0 does. Null when the hub refused, which has been shown. */
export const rate = ({ id, rating }: Generation, wanted: number): Promise<Generation | null> =>
  shown(setRating(id, wanted === rating ? null : wanted || null));

export const retry = ({ id }: Generation): Promise<Generation | null> => shown(change(id, "retry"));

/** One after the other, in their order; the first refusal ends it. */
export async function retryAll(generations: readonly Generation[]): Promise<void> {
  for (const generation of generations) if (!(await retry(generation))) return;
}

async function shown(changing: Promise<Generation>): Promise<Generation | null> {
  try {
    const changed = await changing;
    useGenerationStore.getState().replace([changed]);
    return changed;
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}
