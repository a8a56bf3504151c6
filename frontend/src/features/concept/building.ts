/** What is asked of the hub on the board: a brief taken apart, dice, six suggestions and their small pictures. */
import { toast } from "sonner";

import { inWords } from "@/actions/batches";
import { pictureOf } from "@/actions/arriving/picturesOf";
import { post, postOnce } from "@/api/client";
import type { Batch, CardField, ConceptSplit, ConceptSuggestions } from "@/api/types";
import { stopSmallPictures } from "@/features/concept/smallPictures";
import { diced, parameterOf, sentCards, withCards, type ConceptState, type Side } from "@/features/concept/state";
import { cardsOf, changeConcept, conceptNow, familyNow, keep } from "@/features/concept/useConcept";
import type { Arrival } from "@/lib/arriving/arrivals";
import { useGenerationStore } from "@/stores/generationStore";
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

/** Cards out of the brief, or out of a picture: of the words that it was drawn from where those are known, else of what a
 * model sees in it. The dice leave alone the subject that somebody named, and what was to be kept out. Throws HubProblem. */
export async function build(picture: Arrival | null): Promise<void> {
  const { sessionId } = useSessionStore.getState();
  const arrived = picture && (await pictureOf(picture));
  const { prompt, negative_prompt } = arrived?.written ?? useSessionStore.getState().config;
  const shown = arrived && !arrived.written ? arrived.reference : null;
  const body = { prompt, negative_prompt, model_family: familyNow(), ...(shown && { picture: shown }) };
  const { cards, degraded } = await post<ConceptSplit>("/api/concept/split", body);
  if (useSessionStore.getState().sessionId !== sessionId) return;
  const found = cardsOf(cards);
  const { subject, keep_out } = found.cards;
  const named = { subject: { locked: subject.text !== "" }, keep_out: { locked: keep_out.text !== "" } };
  changeConcept({ ...found, cards: withCards(found, named), built: true, by: degraded ?? "" });
  if (!arrived?.written) return;
  useSessionStore.getState().change({ prompt, negative_prompt });
  toast("The brief is what the picture was drawn from", { description: "Undo brings back what stood there." });
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
    await stopSmallPictures(field); // of other chips
    const chips = { texts, ticked: kept, drawn: [], pictures: field !== "keep_out" };
    changeConcept({ chips: { ...conceptNow().chips, [field]: chips } });
  });

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
