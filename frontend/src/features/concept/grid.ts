/** The request for pictures that differ in the words of one or two cards. */
import { bodyFor } from "@/actions/batchRequest";
import { post } from "@/api/client";
import type { ConceptPrompt } from "@/api/types";
import { sentCards, withCards, type Side } from "@/features/concept/state";
import { conceptNow, familyNow } from "@/features/concept/useConcept";

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
