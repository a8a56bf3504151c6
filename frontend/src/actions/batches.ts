/** What makes a batch, and what stops one. */
import { toast } from "sonner";
import { create } from "zustand";

import { allowed, bodyFor, hasPicture, parentsOf, picked, useStage } from "@/actions/batchRequest";
import { refusalInWords } from "@/actions/refusals";
import { leaveStage } from "@/actions/stages";
import { HubProblem, postOnce, request } from "@/api/client";
import type { Batch, Generation } from "@/api/types";
import { go, routeOf } from "@/lib/route";
import { LAST_STAGE } from "@/lib/stages";
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { useGpuStore } from "@/stores/gpuStore";
import { useSessionStore } from "@/stores/sessionStore";

/** One request at a time, by button or key; a refusal is shown beside its field. */
export const useSubmitting = create<{ sending: "generate" | "continue" | null; problem: HubProblem | null }>()(() => ({
  sending: null,
  problem: null,
}));

/** Draw the pictures of the open stage. */
export function useGenerate() {
  const { problem, sending } = useSubmitting();
  const stage = useStage();
  const generate = async () => {
    if (useSubmitting.getState().sending || !useSessionStore.getState().config.prompt.trim()) return;
    useSubmitting.setState({ sending: "generate", problem: null });
    try {
      await submit(stage, parentsOf(stage));
    } catch (error) {
      if (error instanceof HubProblem) useSubmitting.setState({ problem: error });
      else toast.error(String(error));
    } finally {
      useSubmitting.setState({ sending: null });
    }
  };
  return { problem, sending: sending === "generate", generate };
}

/** Draw the next stage from the picks of this one. */
export function useContinue(stage: number) {
  const { sending } = useSubmitting();
  const generations = useGenerationStore(({ live }) => live.generations);
  const marks = useGenerationStore((store) => store.marks);
  const chosen = picked(generations, marks, stage);
  const waiting = ofStage(generations, stage)
    .flat()
    .filter((each) => marks[each.id] === "selected" && !hasPicture(each)).length;
  const next = async () => {
    if (useSubmitting.getState().sending || !chosen.length || stage >= LAST_STAGE) return;
    useSubmitting.setState({ sending: "continue", problem: null });
    await submit(
      stage + 1,
      chosen.map((each) => each.id),
    ).catch((error: Error) => toast.error(inWords(error)));
    useSubmitting.setState({ sending: null });
  };
  return { sending: sending === "continue", next, chosen, waiting };
}

/** Why something was refused. */
export const inWords = (error: Error): string =>
  error instanceof HubProblem ? refusalInWords(error, useGpuStore.getState().gpus) : error.message;

/** Submit the pictures of a stage, and go there. Throws HubProblem; then nothing was submitted. */
export async function submit(stage: number, parents: readonly string[]): Promise<void> {
  const sessions = useSessionStore.getState();
  const body = bodyFor(stage, parents);
  if (!body) throw new Error("the presets are not loaded yet");
  const sessionId = sessions.sessionId ?? (await sessions.create());
  const batch = await postOnce<Batch>("/api/generate/batch", { ...body, session_id: sessionId });
  const route = routeOf(location.hash);
  if (route.page === "studio" && !route.sessionId) go({ page: "studio", sessionId }); // also after a refused try
  useGenerationStore.getState().addBatch(batch);
  await leaveStage(sessionId, stage).catch((error: Error) => {
    toast.error(`The pictures are asked for, but the stage did not change: ${error.message}`);
  });
}

/** Draw a finished picture larger; it stays in the last stage. */
export async function upscale(generation: Generation): Promise<void> {
  const batch = await postOnce<Batch>("/api/generate/batch", {
    session_id: generation.session_id,
    task_type: "upscale",
    from: [generation.id],
    stage: LAST_STAGE,
    count: 1,
    ...allowed(),
  });
  useGenerationStore.getState().addBatch(batch);
}

export async function cancelBatch(batchId: string): Promise<void> {
  try {
    const batch = await request<{ generations: Generation[] }>("DELETE", `/api/batches/${batchId}`);
    useGenerationStore.getState().replace(batch.generations);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}
