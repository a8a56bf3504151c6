/** What is asked of the hub on the board: a brief taken apart, dice, six suggestions and their small pictures. */
import { toast } from "sonner";

import { bodyFor } from "@/actions/batchRequest";
import { cancelBatch, inWords } from "@/actions/batches";
import { uploadPicture } from "@/actions/uploads";
import { post, postOnce } from "@/api/client";
import type { Batch, CardField, ConceptPrompt, ConceptSplit, ConceptSuggestions, Gpu } from "@/api/types";
import { TAKES_WORK } from "@/api/types";
import {
  diced,
  parameterOf,
  sentCards,
  sideOf,
  withCards,
  type ConceptState,
  type Side,
} from "@/features/concept/state";
import { cardsOf, changeConcept, conceptNow, familyNow, keep } from "@/features/concept/useConcept";
import { useGenerationStore } from "@/stores/generationStore";
import { useGpuStore } from "@/stores/gpuStore";
import { useSessionStore } from "@/stores/sessionStore";

/** A refusal is shown. Answers whether it was done. */
async function tried(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    toast.error(error instanceof Error ? inWords(error) : String(error));
    return false;
  }
}

/** Cards out of the brief, or out of a picture; the subject that somebody named is not diced away. Throws HubProblem. */
export async function build(picture: File | null): Promise<void> {
  const { config, sessionId } = useSessionStore.getState();
  const { prompt, negative_prompt } = config;
  const shown = picture && `artifact:${await uploadPicture(picture)}`;
  const body = { prompt, negative_prompt, model_family: familyNow(), ...(shown && { picture: shown }) };
  const { cards, degraded } = await post<ConceptSplit>("/api/concept/split", body);
  if (useSessionStore.getState().sessionId !== sessionId) return;
  const found = cardsOf(cards);
  const subject = { ...found.cards.subject, locked: found.cards.subject.text !== "" };
  changeConcept({ ...found, cards: { ...found.cards, subject }, built: true, by: degraded ?? "" });
}

/** New words on every card that is not locked. */
export const castDice = (): Promise<boolean> =>
  tried(async () => {
    const concept = conceptNow();
    const fields = diced(concept);
    if (!fields.length) {
      toast("Every card is locked");
      return;
    }
    const { suggestions } = await suggested(concept, fields, 1);
    const changed = Object.fromEntries(fields.map((field) => [field, { text: suggestions[field]?.[0] ?? "" }]));
    changeConcept({ cards: withCards(conceptNow(), changed) });
  });

const suggested = (concept: ConceptState, fields: readonly CardField[], count: number) =>
  post<ConceptSuggestions>("/api/concept/suggest", { cards: sentCards(concept), fields, count });

const MOST_CHIPS = 6;

/** Six chips for a card; ticked ones stay. */
export const suggestSix = (field: CardField): Promise<boolean> =>
  tried(async () => {
    const before = conceptNow();
    const { suggestions } = await suggested(before, [field], MOST_CHIPS);
    const kept = before.chips[field]?.ticked ?? [];
    const texts = [...new Set([...kept, ...(suggestions[field] ?? [])])].slice(0, kept.length + MOST_CHIPS);
    changeConcept({ chips: { ...conceptNow().chips, [field]: { texts, ticked: kept, batch: null } } });
    if (field !== "keep_out") await drawChips(field, texts);
  });

/** The quickest node that has nothing to do and costs nothing. */
function freeNode(family: string): Gpu | null {
  const free = useGpuStore
    .getState()
    .gpus.filter((gpu) => TAKES_WORK.has(gpu.state) && !gpu.current_queue_length && !gpu.cost);
  const slowness = (gpu: Gpu) => gpu.speeds[family]?.seconds_per_step_megapixel ?? Number.MAX_VALUE;
  return free.toSorted((one, other) => slowness(one) - slowness(other))[0] ?? null;
}

const CHIP_SIDE = 256;
const CHIP_STEPS = 8;

/** A small picture for each chip, drawn after everything else; none where every card has work. */
async function drawChips(field: CardField, texts: readonly string[]): Promise<void> {
  const node = freeNode(familyNow());
  const { sessionId } = useSessionStore.getState();
  const side = sideOf(field, texts, conceptNow());
  const body = node && sessionId ? await gridBody([side]) : null;
  if (!node || !body || !sessionId) return;
  const { width: _, height: __, ...rest } = body;
  const small = {
    ...rest,
    format: typeof rest["format"] === "string" ? rest["format"] : "square",
    side: CHIP_SIDE,
    steps: Math.min(Number(rest["steps"] ?? CHIP_STEPS), CHIP_STEPS),
    preferred_gpu: node.id,
    priority: "bulk",
    max_cost_usd: 0,
  };
  const batch = await postOnce<Batch>("/api/generate/variations", small);
  if (useSessionStore.getState().sessionId !== sessionId) return;
  useGenerationStore.getState().addBatch(batch);
  const { chips, small: known } = conceptNow();
  const own = chips[field];
  const stays = own && own.texts.join("\n") === texts.join("\n");
  keep({
    small: { ...known, [batch.batch_id]: true },
    ...(stays && { chips: { ...chips, [field]: { ...own, batch: batch.batch_id } } }),
  });
  if (!stays) await cancelBatch(batch.batch_id); // other chips were asked for meanwhile
}

/** The body for a grid of these sides, on the prompt that has what stands for their cards. Null: no presets yet. */
export async function gridBody(sides: readonly Side[]): Promise<Record<string, unknown> | null> {
  const concept = conceptNow();
  const standIns = Object.fromEntries(sides.map(({ field, find }) => [field, { text: find }]));
  const body = bodyFor(0, []);
  if (!body) return null;
  const cards = sentCards({ ...concept, cards: withCards(concept, standIns) });
  const texts = await post<ConceptPrompt>("/api/concept/assemble", { cards, model_family: familyNow() });
  const { count: _, ...same } = body;
  const [x, y] = sides.map((side) => {
    return { parameter: "wording", find: side.find, values: side.values };
  });
  return {
    ...same,
    prompt: texts.prompt,
    negative_prompt: texts.negative_prompt,
    stage: 0,
    axes: { x, ...(y && { y }) },
  };
}

const SEEDS = 2 ** 32;

/** Draws the grid, every picture with one seed. */
export const drawGrid = (sides: readonly Side[], body: Record<string, unknown>): Promise<boolean> =>
  tried(async () => {
    const { sessionId } = useSessionStore.getState();
    const seed = body["seed"] ?? Math.floor(Math.random() * SEEDS);
    const batch = await postOnce<Batch>("/api/generate/variations", { ...body, seed });
    if (useSessionStore.getState().sessionId !== sessionId) return;
    keep({ grids: { ...conceptNow().grids, [batch.batch_id]: sides } });
    useGenerationStore.getState().addBatch(batch);
  });

/** Picks a picture, or not any more; one of a labelled grid brings its words onto the cards. */
export function pick(id: string): void {
  const { live, marks, toggle } = useGenerationStore.getState();
  const generation = live.generations[id];
  const concept = conceptNow();
  const sides = marks[id] === "selected" ? [] : ((generation && concept.grids[generation.batch_id]) ?? []);
  const adopted = sides.flatMap((side) => {
    const value = generation?.varied[parameterOf(side)];
    return typeof value === "string" ? [[side.field, { text: value }] as const] : [];
  });
  changeConcept(adopted.length ? { cards: withCards(concept, Object.fromEntries(adopted)) } : {}, { picked: id });
  toggle([id], "selected");
}
