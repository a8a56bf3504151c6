/** Makes a batch from what is on the screen: its body, its parents, and sending it. */
import { toast } from "sonner";
import { create } from "zustand";

import { post, postOnce, type HubProblem } from "@/api/client";
import type { Batch, BatchRequest, Generation, SessionDetail } from "@/api/types";
import { sizeFor } from "@/features/funnel/format";
import { LAST_STAGE } from "@/features/funnel/stages";
import { go, routeOf } from "@/lib/route";
import { ofStage, useGenerationStore, type Marks } from "@/stores/generationStore";
import { presetStage, stageOf, useSessionStore } from "@/stores/sessionStore";

/** One request at a time, by button or key; a refusal is shown beside its field. */
export const useSubmitting = create<{ sending: "generate" | "continue" | null; problem: HubProblem | null }>()(() => ({
  sending: null,
  problem: null,
}));

export const hasPicture = (generation: Generation): boolean =>
  generation.status === "complete" && !!generation.image_url;

/** The open stage. */
export const useStage = (): number => useGenerationStore(({ live }) => live.session?.current_stage ?? 0);

/** Picked and complete pictures of this stage, in the order of the grid. */
export function picked(generations: Readonly<Record<string, Generation>>, marks: Marks, stage: number): Generation[] {
  return ofStage(generations, stage)
    .flat()
    .filter((each) => marks[each.id] === "selected" && hasPicture(each));
}

/** The parents for a stage: the picks of the one before or, without any, the parents of its newest batch. */
export function parentsOf(stage: number): string[] {
  const { config } = useSessionStore.getState();
  const given = config.stages[stage]?.from ?? [];
  if (given.length || stage === 0) return given;
  const { live, marks } = useGenerationStore.getState();
  const chosen = picked(live.generations, marks, stage - 1).map((each) => each.id);
  if (chosen.length) return chosen;
  const newest = ofStage(live.generations, stage)[0] ?? [];
  return [...new Set(newest.map((each) => each.parent_id).filter((id) => id !== null))];
}

/** Null while the presets are unknown. */
export function bodyFor(stage: number, parents: readonly string[]): BatchRequest | null {
  const { flows, config, sessionId } = useSessionStore.getState();
  const settings = stageOf(flows, config, stage);
  const preset = presetStage(flows, config, stage);
  if (!settings || !preset) return null;
  const { count, model_family, task_type, steps, cfg_scale, sampler, scheduler, checkpoint } = settings;
  const { denoise_strength, seed, parameters, loras } = settings;
  return {
    ...withoutGaps({ count, model_family, task_type, steps, cfg_scale, sampler, scheduler, checkpoint }),
    ...sizeFor(config, stage, preset, parents.length > 0),
    prompt: config.prompt,
    negative_prompt: config.negative_prompt,
    stage,
    from: [...parents],
    loras: loras ?? [],
    parameters: parameters ?? {},
    ...(parents.length ? { denoise_strength: denoise_strength ?? null } : {}),
    ...(seed == null ? {} : { seed }),
    ...(sessionId ? { session_id: sessionId } : {}),
  } as BatchRequest;
}

const withoutGaps = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

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
  await advance(sessionId, stage).catch((error: Error) => {
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
  });
  useGenerationStore.getState().addBatch(batch);
}

async function advance(sessionId: string, stage: number): Promise<void> {
  const { live, marks } = useGenerationStore.getState();
  if (!live.session || live.session.current_stage !== stage - 1) return;
  const here = ofStage(live.generations, stage - 1).flat();
  await post<SessionDetail>(`/api/sessions/${sessionId}/advance`, {
    selected: here.filter((each) => marks[each.id] === "selected").map((each) => each.id),
    rejected: here.filter((each) => marks[each.id] === "rejected").map((each) => each.id),
  });
}
