/** The board as a style or a character: which cards go in, and the picture that shows it. */
import { picked } from "@/actions/batchRequest";
import { saveStyle, tellKept } from "@/actions/styles";
import { post } from "@/api/client";
import type { CardField, ConceptPrompt, StyleKind } from "@/api/types";
import { NAMES, sentCards, type ConceptState } from "@/features/concept/state";
import { conceptNow, familyNow } from "@/features/concept/useConcept";
import { useGenerationStore } from "@/stores/generationStore";
import { stageOf, useSessionStore } from "@/stores/sessionStore";
import type { StyleParts } from "@/stores/libraryStore";

const LOOKS: readonly StyleKind[] = ["style"];
const WHO: readonly StyleKind[] = ["character"];
/** A character is who is in the picture, a style is how it looks; where it happens is for neither. */
const GOES_IN: Readonly<Record<CardField, readonly StyleKind[]>> = {
  subject: WHO,
  setting: [],
  style: LOOKS,
  mood: LOOKS,
  lighting: LOOKS,
  camera: LOOKS,
  palette: LOOKS,
  keep_out: [...LOOKS, ...WHO],
};

/** The cards that say anything, as pieces of a style's words. */
export function partsOf(concept: ConceptState, family: string): StyleParts {
  const cards = sentCards(concept).filter(({ text }) => text.trim());
  return {
    of: cards.map(({ field, text }) => ({ id: field, name: NAMES[field].name, text, kinds: GOES_IN[field] })),
    together: async (ids) => {
      const chosen = cards.filter(({ field }) => ids.includes(field));
      const { prompt, negative_prompt } = await post<ConceptPrompt>("/api/concept/assemble", {
        cards: chosen,
        model_family: family,
      });
      return { text: prompt, negative_prompt };
    },
  };
}

/** Asks for a name and which cards go in, and keeps it. */
export function keepBoard(): void {
  const { flows, config } = useSessionStore.getState();
  const { live, marks } = useGenerationStore.getState();
  const { loras, checkpoint } = stageOf(flows, config, 0) ?? {};
  const shown = picked(live.generations, marks, 0).at(-1);
  saveStyle(
    {
      name: "",
      parts: partsOf(conceptNow(), familyNow()),
      loras: (loras ?? []).map(({ name, strength_model }) => ({ name, strength_model })),
      checkpoint: checkpoint ?? null,
      thumbnail_id: shown?.id ?? null,
      shownBy: shown?.thumbnail_url ?? null,
    },
    tellKept,
  );
}
