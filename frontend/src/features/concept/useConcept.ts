/** The open session's cards and its prompt, each following the other; how both change, and how that is taken back. */
import { useMemo } from "react";
import { toast } from "sonner";
import { create } from "zustand";

import { post } from "@/api/client";
import type { CardField, ConceptPrompt, ConceptSplit } from "@/api/types";
import { conceptOf, sentCards, withCards, type CardState, type ConceptState } from "@/features/concept/state";
import type { Members } from "@/lib/mergePatch";
import { useGenerationStore } from "@/stores/generationStore";
import { stageOf, useSessionStore, type SessionConfig } from "@/stores/sessionStore";

export function useConcept(): ConceptState {
  const kept = useSessionStore(({ config }) => config.concept);
  return useMemo(() => conceptOf(kept), [kept]);
}

export const conceptNow = (): ConceptState => conceptOf(useSessionStore.getState().config.concept);

type Before = Pick<SessionConfig, "prompt" | "negative_prompt"> & { concept: Members };

interface Step {
  sessionId: string | null;
  /** What was changed, so that typing a word is one step. */
  what: string;
  at: number;
  before: Before;
  /** Whose pick goes back with it. */
  picked: string | null;
}

const MOST_UNDO = 100;
/** Changes of one kind within so many milliseconds of each other are one step. */
const ONE_STEP_MS = 1500;

/** What can be taken back, the newest last; `notes`: what the model family does not heed. */
export const useSteps = create<{ steps: readonly Step[]; notes: readonly string[] }>()(() => ({
  steps: [],
  notes: [],
}));

function remember(what: string, picked: string | null = null): void {
  const { sessionId, config } = useSessionStore.getState();
  const { concept = {}, prompt, negative_prompt } = config;
  const { steps } = useSteps.getState();
  const last = steps.at(-1);
  const goesOn = last?.sessionId === sessionId && last.what === what && Date.now() - last.at < ONE_STEP_MS;
  if (last && goesOn && what) return useSteps.setState({ steps: [...steps.slice(0, -1), { ...last, at: Date.now() }] });
  const step = { sessionId, what, at: Date.now(), before: { concept, prompt, negative_prompt }, picked };
  return useSteps.setState({ steps: [...steps, step].slice(-MOST_UNDO) });
}

/** Answers false where there is nothing to take back. */
export function undo(): boolean {
  const { sessionId, change } = useSessionStore.getState();
  const steps = useSteps.getState().steps.filter((each) => each.sessionId === sessionId);
  const last = steps.at(-1);
  useSteps.setState({ steps: steps.slice(0, -1) });
  if (!last) return false;
  asked++; // what is on its way is about what was just taken back
  const { grids, small } = conceptNow(); // what was drawn stays drawn
  change({ ...last.before, concept: { ...last.before.concept, grids, small } });
  if (last.picked) useGenerationStore.getState().undo();
  return true;
}

/** Keeps something beside the cards; a person would not take it back. */
export function keep(fields: Partial<ConceptState>): void {
  const { config, change } = useSessionStore.getState();
  change({ concept: { ...config.concept, ...fields } });
}

interface Change {
  /** Of a step that goes on: the same word for each of its changes. */
  what?: string;
  picked?: string | null;
}

/** Changes the cards, or what lies beside them; the prompt follows. */
export function changeConcept(fields: Partial<ConceptState>, { what = "", picked = null }: Change = {}): void {
  remember(what, picked);
  keep(fields);
  if (fields.cards || fields.order) void assembleSoon();
}

export const changeCard = (field: CardField, card: Partial<CardState>, what = ""): void =>
  changeConcept({ cards: withCards(conceptNow(), { [field]: card }) }, { what: what && `${what} ${field}` });

/** Changes the prompt by hand; the cards follow once nobody types any more. */
export function changePrompt(fields: Partial<Pick<SessionConfig, "prompt" | "negative_prompt">>): void {
  remember("prompt");
  useSessionStore.getState().change(fields);
  void splitSoon();
}

/** Which family's syntax the prompt has. */
export function familyNow(): string {
  const { flows, config } = useSessionStore.getState();
  return stageOf(flows, config, 0)?.model_family ?? "";
}

const PAUSE_MS = 200;
const TYPING_MS = 600;
const AGAIN_MS = 2000;
/** Only the newest question's answer counts. */
let asked = 0;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function assembleSoon(): Promise<void> {
  await follow(PAUSE_MS, async () => {
    const body = { cards: sentCards(conceptNow()), model_family: familyNow() };
    const { notes, ...texts } = await post<ConceptPrompt>("/api/concept/assemble", body);
    return () => {
      useSteps.setState({ notes });
      useSessionStore.getState().change(texts);
    };
  });
}

async function splitSoon(): Promise<void> {
  await follow(TYPING_MS, async () => {
    const { prompt, negative_prompt } = useSessionStore.getState().config;
    const body = { prompt, negative_prompt, model_family: familyNow(), cards: sentCards(conceptNow()), by_lists: true };
    const { cards } = await post<ConceptSplit>("/api/concept/split", body);
    return () => keep(cardsOf(cards));
  });
}

/** Asks the hub until it answers, or until something newer is asked. */
async function follow(after: number, ask: () => Promise<() => void>): Promise<void> {
  const mine = ++asked;
  const { sessionId } = useSessionStore.getState();
  const isNewest = () => mine === asked && useSessionStore.getState().sessionId === sessionId;
  for (let wait = after; ; wait = AGAIN_MS) {
    await pause(wait);
    if (!isNewest()) return;
    try {
      const take = await ask();
      if (isNewest()) take();
      return;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      toast.error(`Cards and prompt do not agree yet: ${why}`, { id: "concept" });
    }
  }
}

export function cardsOf(told: ConceptSplit["cards"]): Pick<ConceptState, "cards" | "order"> {
  const cards = told.map(({ field, text, weight, locked }) => [field, { text, weight, locked }]);
  return { order: told.map(({ field }) => field), cards: Object.fromEntries(cards) as ConceptState["cards"] };
}
