/** How a picture was drawn, so that another one is drawn in the same way. */
import { get } from "@/api/client";
import type { BatchRequest, Generation } from "@/api/types";

const LONGEST = 20;

/** The picture itself or, of an enlarged one, the one that was drawn. Throws an Error whose message is a sentence. */
export async function drawnOf(generation: Generation): Promise<Generation> {
  let drawn = generation;
  for (let steps = 0; isEnlarged(drawn) && drawn.parent_id && steps < LONGEST; steps++)
    drawn = await get<Generation>(`/api/generations/${encodeURIComponent(drawn.parent_id)}`);
  if (isEnlarged(drawn))
    throw new Error("No model drew this picture, it was only enlarged: start from it in a new session.");
  return drawn;
}

const isEnlarged = ({ task_type: task, model_family: family }: Generation): boolean =>
  task === "upscale" || family === "any";

/** Whether only the painted part was drawn: the picture has the size of the one into which it was laid back, which may
 * be far more than a model can draw. */
const isPartDrawn = ({ parameters }: Generation): boolean => parameters["only_masked"] === true;

/** The width and height at which the model drew it, where they are those of the picture; otherwise nothing. */
export function drawnSize(drawn: Generation): { width?: number; height?: number } {
  const { width, height } = drawn;
  return width && height && !isPartDrawn(drawn) ? { width, height } : {};
}

/** The settings that a request for more of its kind has, without what it starts from. */
export function settingsOf(drawn: Generation): Partial<BatchRequest> {
  const { model_family, task_type, checkpoint, steps, cfg_scale } = drawn;
  const { width, height } = drawnSize(drawn);
  const { sampler, scheduler } = drawn.parameters;
  return {
    model_family,
    task_type,
    prompt: drawn.prompt,
    negative_prompt: drawn.negative_prompt,
    loras: drawn.loras.map(({ name, strength_model, strength_clip }) => ({ name, strength_model, strength_clip })),
    ...(checkpoint && { checkpoint }),
    ...(steps && { steps }),
    ...(cfg_scale !== null && { cfg_scale }),
    ...(typeof sampler === "string" && { sampler }),
    ...(typeof scheduler === "string" && { scheduler }),
    ...(width && height && { side: Math.round(Math.sqrt(width * height)) }),
  };
}
