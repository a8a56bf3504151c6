/** Saying what should change: from words over a plan to the next pictures' prompt, and back. */
import { create } from "zustand";

import { hasPicture, picked } from "@/actions/batchRequest";
import type { Chip } from "@/actions/wording/changeChips";
import { HubProblem } from "@/api/client";
import type { Generation, IterationRequest, LlmStage, Wish } from "@/api/types";
import { LAST_STAGE } from "@/lib/stages";
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { stageOf, useSessionStore } from "@/stores/sessionStore";

import { applyChanges, askPlan } from "./asking";
import { changesOf, chipsOf, remembered } from "./chips";
import { changeIntent, withoutWish, withWish } from "./intent";
import { keep, NOTHING, read, type Kept, type Planned, type Texts, type Used } from "./kept";

/** What a model is doing. */
export interface Thinking {
  stage: LlmStage["stage"] | null;
  rationale: string;
}

interface Refining extends Kept {
  sessionId: string | null;
  thinking: Thinking | null;
  /** The plan is being made again, after a chip was switched. */
  replanning: boolean;
  /** Why there is no plan, or why it is as it was. */
  problem: string;
}

export const useRefining = create<Refining>()(() => ({
  ...NOTHING,
  sessionId: null,
  thinking: null,
  replanning: false,
  problem: "",
}));

let asked: AbortController | null = null;
let switches = 0;

const set = (fields: Partial<Refining>): void => {
  useRefining.setState(fields);
  const { sessionId, feedback, planned, used } = useRefining.getState();
  if (sessionId) keep(sessionId, { feedback, planned, used });
};

/** Shows what was left unfinished in this session. */
export function openRefining(sessionId: string): void {
  if (useRefining.getState().sessionId === sessionId) return;
  cancel();
  undone = [];
  useRefining.setState({ sessionId, ...read(sessionId), replanning: false, problem: "" });
}

export const say = (feedback: string): void => set({ feedback });

export const textsNow = (): Texts => {
  const { config } = useSessionStore.getState();
  return { prompt: config.prompt, negative: config.negative_prompt };
};

/** Asks for a plan; nothing waits for it. */
export async function ask(stage: number): Promise<void> {
  const { sessionId, feedback } = useRefining.getState();
  if (!sessionId || !feedback.trim()) return;
  cancel();
  const mine = (asked = new AbortController());
  const before = textsNow();
  set({ planned: null, problem: "", thinking: { stage: null, rationale: "" } });
  const hears = (change: (now: Thinking) => Thinking) =>
    useRefining.setState(({ thinking }) => (asked === mine && thinking ? { thinking: change(thinking) } : {}));
  try {
    const plan = await askPlan(
      bodyOf(sessionId, feedback.trim(), stage),
      {
        stage: (stage) => hears((now) => ({ ...now, stage })),
        rationale: (text, anew) => hears((now) => ({ ...now, rationale: anew ? text : now.rationale + text })),
      },
      mine.signal,
    );
    if (!plan || asked !== mine) return;
    const texts = { prompt: plan.suggested_prompt, negative: plan.suggested_negative };
    const planned = { stage, feedback: feedback.trim(), before, first: plan, plan, chips: chipsOf(plan), texts };
    set({ planned: { ...planned, aside: null }, thinking: null });
  } catch (error) {
    if (asked === mine) set({ thinking: null, problem: wordsOf(error) });
  }
}

function bodyOf(sessionId: string, feedback: string, stage: number): IterationRequest {
  const { flows, config } = useSessionStore.getState();
  const { live, marks } = useGenerationStore.getState();
  const rejected = ofStage(live.generations, stage)
    .flat()
    .filter(({ id }) => marks[id] === "rejected");
  return {
    session_id: sessionId,
    feedback_text: feedback,
    selected_image_ids: spokenOf(stage).map(({ id }) => id),
    rejected_image_ids: rejected.map(({ id }) => id),
    current_prompt: config.prompt,
    current_negative: config.negative_prompt,
    model_family: stageOf(flows, config, Math.min(stage + 1, LAST_STAGE))?.model_family ?? null,
    remember: false, // what is used is remembered, not what was only looked at
  };
}

/** The picks; of the last stage, at which nothing has to be picked, else all that it has. */
function spokenOf(stage: number): Generation[] {
  const { live, marks } = useGenerationStore.getState();
  const picks = picked(live.generations, marks, stage);
  return picks.length || stage < LAST_STAGE ? picks : ofStage(live.generations, stage).flat().filter(hasPicture);
}

/** The words stay. */
export function cancel(): void {
  asked?.abort();
  asked = null;
  switches++;
  if (useRefining.getState().thinking) set({ thinking: null });
}

export function discard(): void {
  switches++;
  set({ planned: null, problem: "", replanning: false });
}

/** The plan again with these chips; no model is asked. */
export async function choose(chips: readonly Chip[]): Promise<void> {
  const { planned, sessionId } = useRefining.getState();
  if (!planned || !sessionId) return;
  const turn = ++switches;
  set({ planned: { ...planned, chips }, replanning: true, problem: "" });
  try {
    const plan = chips.every((each) => each.on) ? planned.first : await replanned(sessionId, planned, chips);
    const now = useRefining.getState().planned;
    if (turn !== switches || !now) return;
    const written = isWritten(now) ? now.texts : now.aside;
    const texts = { prompt: plan.suggested_prompt, negative: plan.suggested_negative };
    set({ planned: { ...now, plan, texts, aside: written }, replanning: false });
  } catch (error) {
    if (turn !== switches) return;
    const now = useRefining.getState().planned ?? planned;
    set({ planned: { ...now, chips: planned.chips }, replanning: false, problem: wordsOf(error) });
  }
}

const replanned = (sessionId: string, { first, before }: Planned, chips: readonly Chip[]) =>
  applyChanges({
    session_id: sessionId,
    iteration_id: first.iteration_id,
    current_prompt: before.prompt,
    current_negative: before.negative,
    model_family: first.model_family,
    changes: changesOf(chips),
  });

/** Whether a person changed the suggested texts. */
export const isWritten = ({ plan, texts }: Planned): boolean =>
  texts.prompt !== plan.suggested_prompt || texts.negative !== plan.suggested_negative;

export function write(texts: Partial<Texts>): void {
  const { planned } = useRefining.getState();
  if (planned) set({ planned: { ...planned, texts: { ...planned.texts, ...texts } } });
}

/** What was written before a chip was switched comes back. */
export function bringBack(): void {
  const { planned } = useRefining.getState();
  if (planned?.aside) set({ planned: { ...planned, texts: planned.aside, aside: null } });
}

const show = ({ prompt, negative }: Texts): void =>
  useSessionStore.getState().change({ prompt, negative_prompt: negative });

/** The next pictures are drawn with it, and the session remembers the wish. */
export function use(): void {
  const { planned, sessionId, used } = useRefining.getState();
  if (!planned || !sessionId) return;
  switches++;
  const { first, plan, feedback, chips, texts } = planned;
  const changes = remembered(plan, chips);
  const entry: Used = { iterationId: first.iteration_id, feedback, changes, before: textsNow(), after: texts };
  set({ planned: null, feedback: "", problem: "", replanning: false, used: [...used, entry] });
  show(texts);
  undone = [];
  rememberWish(sessionId, withWish(wishOf(entry)));
}

const wishOf = ({ iterationId, feedback, changes, after }: Used): Wish => {
  const at = new Date().toISOString();
  return { id: iterationId, at, feedback, changes, refined_prompt: after.prompt };
};

/** Each in its turn, so that what was done last is what the hub has in the end. */
let written = Promise.resolve();

function rememberWish(sessionId: string, change: Parameters<typeof changeIntent>[1]): void {
  written = written.then(() => changeIntent(sessionId, change)).then(() => undefined, unremembered);
}

/** Refinements that something else took back, which may do them again; the newest last. */
let undone: readonly Used[] = [];

/** Called when the prompt has changed by whatever means, such as the undo of the concept builder's cards: who has the
 * old prompt back has taken the refinement back, and who has the new one again has not. */
export function followTexts(): void {
  const { sessionId, used } = useRefining.getState();
  const now = textsNow();
  const [last, next] = [used.at(-1), undone.at(-1)];
  if (!sessionId) return;
  if (last && areSame(now, last.before) && !areSame(last.before, last.after)) {
    undone = [...undone, last];
    set({ used: used.slice(0, -1) });
    rememberWish(sessionId, withoutWish(last.iterationId));
  } else if (next && areSame(now, next.after)) {
    undone = undone.slice(0, -1);
    set({ used: [...used, next] });
    rememberWish(sessionId, withWish(wishOf(next)));
  }
}

const areSame = (one: Texts, other: Texts): boolean => one.prompt === other.prompt && one.negative === other.negative;

/** The prompt as it was before the refinement that was used last. */
export function takeBack(): void {
  const { sessionId, used } = useRefining.getState();
  const last = used.at(-1);
  if (!last || !sessionId) return;
  undone = [];
  set({ used: used.slice(0, -1), feedback: last.feedback });
  show(last.before);
  rememberWish(sessionId, withoutWish(last.iterationId));
}

const unremembered = (error: unknown): void =>
  useRefining.setState({ problem: `What was asked for could not be written down: ${wordsOf(error)}` });

const wordsOf = (error: unknown): string =>
  error instanceof HubProblem || error instanceof Error ? error.message : String(error);
