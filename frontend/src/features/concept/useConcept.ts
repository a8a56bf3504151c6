/** The open session's cards and its prompt, each following the other; how both change, and how that is taken back. */
import { useMemo } from "react";
import { toast } from "sonner";
import { create } from "zustand";

import { post } from "@/api/client";
import type { CardField, ConceptPrompt, ConceptSplit } from "@/api/types";
import {
  doAgain,
  follows,
  openHistory,
  remember,
  takeBack,
  useHistory,
  type Following,
} from "@/features/concept/history";
import { conceptOf, sentCards, withCards, type CardState, type ConceptState } from "@/features/concept/state";
import { stageOf, useSessionStore, type SessionConfig } from "@/stores/sessionStore";

export function useConcept(): ConceptState {
  const kept = useSessionStore(({ config }) => config.concept);
  return useMemo(() => conceptOf(kept), [kept]);
}

export const conceptNow = (): ConceptState => conceptOf(useSessionStore.getState().config.concept);

/** What of the prompt the model family does not heed. */
export const useNotes = create<{ notes: readonly string[] }>()(() => ({ notes: [] }));

/** Takes the last change back. */
export const undo = (): void => afterwards(takeBack(), "take back");

/** Does again what was taken back last. */
export const redo = (): void => afterwards(doAgain(), "do again");

function afterwards(turned: { following: Following } | null, what: string): void {
  if (!turned) return void toast(`Nothing to ${what}`);
  asked++; // what is on its way is about what was there before
  goOn(turned.following);
}

/** Has the one text follow the other, where it had not done so yet. */
function goOn(following: Following): void {
  if (following === "prompt") void assembleSoon();
  if (following === "cards") void splitSoon();
}

/** Begins with what this tab has done to the session before a reload. */
export function openConcept(sessionId: string): void {
  openHistory(sessionId);
  goOn(useHistory.getState().following);
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
  remember(Object.keys(fields).join());
  useSessionStore.getState().change(fields);
  void splitSoon();
}

/** Called before something else changes the prompt, as what should change does: the cards follow it. */
export function promptChanges(): void {
  remember("");
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
  follows("prompt");
  await follow(PAUSE_MS, async () => {
    const body = { cards: sentCards(conceptNow()), model_family: familyNow() };
    const { notes, ...texts } = await post<ConceptPrompt>("/api/concept/assemble", body);
    return () => {
      useNotes.setState({ notes });
      useSessionStore.getState().change(texts);
    };
  });
}

async function splitSoon(): Promise<void> {
  follows("cards");
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
      if (isNewest()) {
        take();
        follows(null);
      }
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
