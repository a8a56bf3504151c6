/** What a batch would be, from what is on the screen: its body and its parents. */
import type { BatchRequest, Generation } from "@/api/types";
import { sizeFor } from "@/actions/pictureFormat";
import { laidOverPrompt } from "@/actions/wording/laidOver";
import { ofStage, useGenerationStore, type Marks } from "@/stores/generationStore";
import { presetStage, stageOf, useSessionStore } from "@/stores/sessionStore";

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
  const start = stage === 0 ? config.start : undefined;
  return {
    ...withoutGaps({ count, model_family, task_type, steps, cfg_scale, sampler, scheduler, checkpoint }),
    ...sizeFor(config, stage, preset, parents.length > 0 || start !== undefined),
    prompt: config.prompt,
    negative_prompt: config.negative_prompt,
    stage,
    from: start ? [] : [...parents],
    loras: loras ?? [],
    ...laidOverPrompt(),
    parameters: { ...parameters, ...(start && { image: start.picture }) },
    ...(start && { denoise_strength: start.strength }),
    ...(parents.length && !start ? { denoise_strength: denoise_strength ?? null } : {}),
    ...(seed == null ? {} : { seed }),
    ...allowed(),
    ...(sessionId ? { session_id: sessionId } : {}),
  } as BatchRequest;
}

/** What the session says that a batch may cost; without it the hub spends nothing. */
export function allowed(): { max_cost_usd?: number } {
  const { max_cost_usd } = useSessionStore.getState().config;
  return max_cost_usd ? { max_cost_usd } : {};
}

const withoutGaps = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
