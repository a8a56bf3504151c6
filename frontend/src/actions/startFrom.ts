/** What can be begun with any picture: one action for the viewer, the gallery, the workbench and every flow. */
import { toast } from "sonner";

import { cancelBatch, inWords } from "@/actions/batches";
import { drawnOf, settingsOf } from "@/actions/drawnAs";
import { changed } from "@/actions/explorer/steps";
import { goToStage } from "@/actions/stages";
import { startWithFile, startWithGeneration } from "@/actions/startPicture";
import { uploadPicture } from "@/actions/uploads";
import { post, postOnce } from "@/api/client";
import type { Batch, BatchRequest, Estimate, Generation, Session } from "@/api/types";
import { plural } from "@/lib/format";
import { go } from "@/lib/route";
import { useGenerationStore } from "@/stores/generationStore";
import { usePaintingStore } from "@/stores/paintingStore";
import { useSessionStore } from "@/stores/sessionStore";

/** `image`: start the first stage from it; `subtle`, `strong`: variations; `edit`: paint over what shall change. */
export type Way = "image" | "subtle" | "strong" | "upscale" | "edit" | "explore";
/** Ways that need no settings of an earlier picture. */
export type WayOfFile = "image" | "edit";

/** How much of the picture a variation draws anew, 0 to 1: the composition stays, or only its gist does. */
export const VARIED = { subtle: 0.35, strong: 0.7 } as const;
const VARIATIONS = 4;

/** Begins it; a refusal is shown in words. Answers whether it was begun. */
export function startFrom(source: Generation, way: Way): Promise<boolean>;
export function startFrom(source: File, way: WayOfFile): Promise<boolean>;
export async function startFrom(source: Generation | File, way: Way): Promise<boolean> {
  try {
    await (source instanceof File ? fromFile(source, way) : fromGeneration(source, way));
    return true;
  } catch (error) {
    toast.error(error instanceof Error ? inWords(error) : String(error));
    return false;
  }
}

async function fromFile(file: File, way: Way): Promise<void> {
  if (way === "image") return startWithFile(file);
  usePaintingStore.getState().open({ picture: `artifact:${await uploadPicture(file)}`, generation: null });
}

async function fromGeneration(generation: Generation, way: Way): Promise<void> {
  switch (way) {
    case "image":
      return startNew(generation);
    case "subtle":
    case "strong":
      return vary(generation, way);
    case "upscale":
      return upscale(generation);
    case "explore":
      return explore(generation);
    case "edit":
      usePaintingStore.getState().open({ picture: `generation:${generation.id}`, generation });
  }
}

/** In a new session, since the pictures of the open one have their own start. */
function startNew(generation: Generation): void {
  useSessionStore.getState().open(null);
  startWithGeneration(generation);
  const { config, change } = useSessionStore.getState();
  if (!config.prompt.trim()) change({ prompt: generation.prompt, negative_prompt: generation.negative_prompt });
  go({ page: "studio", sessionId: null });
  toast("The picture is in the editor: say what you want to see");
}

async function vary(generation: Generation, how: "subtle" | "strong"): Promise<void> {
  const drawn = await drawnOf(generation);
  const body = {
    ...besides(generation),
    ...settingsOf(drawn),
    from: [generation.id],
    denoise_strength: VARIED[how],
    count: VARIATIONS,
  };
  await submit(body, `${VARIATIONS} ${how} variations are`);
}

const upscale = (generation: Generation): Promise<void> =>
  submit({ ...besides(generation), task_type: "upscale", from: [generation.id], count: 1 }, "A larger one is");

/** Puts it into the middle of the open session's map or, elsewhere, opens a session of the Explorer that starts there. */
async function explore(generation: Generation): Promise<void> {
  const { session } = useGenerationStore.getState().live;
  if (session?.flow_type === "explorer" && session.id === generation.session_id) {
    const { config, change } = useSessionStore.getState();
    const { trail: way, start } = config.explorer ?? {};
    const before = Array.isArray(way) ? (way as unknown[]) : start ? [start] : [];
    const trail = [...before, generation.id];
    change({ explorer: changed(config.explorer, { trail, view: "map" }) });
    go({ page: "studio", sessionId: session.id });
    return goToStage(0);
  }
  const { prompt, negative_prompt } = generation;
  const config = { prompt, negative_prompt, stages: {}, marks: {}, explorer: { start: generation.id } };
  const { id } = await post<Session>("/api/sessions", { flow_type: "explorer", config });
  go({ page: "studio", sessionId: id });
}

export interface Redraw {
  generation: Generation;
  /** `artifact:<id>` of the mask; white is drawn anew. */
  mask: string;
  prompt: string;
  /** From 0, as it is, to 1, all new. */
  strength: number;
  count: number;
  /** Only the painted part is drawn, at the model's size, with so many pixels around it; null: the whole picture. */
  padding: number | null;
}

/** Draws the masked part anew, as children of the picture in its session. Throws HubProblem. */
export async function redraw(wanted: Redraw): Promise<void> {
  const are = wanted.count === 1 ? "is" : "are";
  await submit(await redrawBody(wanted), `${plural(wanted.count, "picture")} with the painted part drawn anew ${are}`);
}

/** Throws HubProblem where no node could do it. */
export const estimateRedraw = async (wanted: Redraw): Promise<Estimate> =>
  post<Estimate>("/api/generate/estimate", await redrawBody(wanted));

async function redrawBody({ generation, mask, prompt, strength, count, padding }: Redraw): Promise<BatchRequest> {
  const { side, ...settings } = settingsOf(await drawnOf(generation));
  const whole = padding === null;
  return {
    ...besides(generation),
    ...settings,
    ...(whole && side && { side }),
    prompt,
    from: [generation.id],
    parameters: { mask, ...(!whole && { only_masked: true, only_masked_padding: padding }) },
    denoise_strength: strength,
    count,
  } as BatchRequest;
}

/** The results lie beside the picture: in its session and its stage. Only the open session says what may be spent. */
function besides({ session_id, stage }: Generation): Pick<BatchRequest, "session_id" | "stage"> {
  const { sessionId, config } = useSessionStore.getState();
  const allowed = sessionId === session_id && config.max_cost_usd ? { max_cost_usd: config.max_cost_usd } : {};
  return { session_id, stage, ...allowed };
}

async function submit(body: Partial<BatchRequest>, what: string): Promise<void> {
  const batch = await postOnce<Batch>("/api/generate/batch", body);
  const { live, addBatch } = useGenerationStore.getState();
  const isOpen = live.session?.id === batch.session_id;
  if (isOpen) addBatch(batch);
  const stage = batch.generations[0]?.stage ?? 0;
  toast(`${what} asked for`, {
    duration: NOTICE_MS,
    cancel: { label: "Cancel", onClick: () => void cancelBatch(batch.batch_id) },
    action: { label: "Show", onClick: () => void show(batch, stage) },
  });
}

/** Long enough to think again. */
const NOTICE_MS = 10_000;

/** The newest are above all others, where whoever has looked at a later one does not see them. */
async function show({ session_id: sessionId, batch_id: id }: Batch, stage: number): Promise<void> {
  const { session } = useGenerationStore.getState().live;
  const isOpen = session?.id === sessionId;
  go({ page: "studio", sessionId });
  if (isOpen && session.current_stage !== stage) await goToStage(stage);
  document.querySelector(`[data-batch="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
}
