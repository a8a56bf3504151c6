/** What was done to a session's cards and prompt, to be taken back and done again; a browser tab keeps it over a
 * reload. */
import { create } from "zustand";

import { isMembers, type Members } from "@/lib/mergePatch";
import { useGenerationStore, type Mark } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

/** Which text still has to follow the other one: the cards' prompt, or the prompt's cards. */
export type Following = "prompt" | "cards" | null;

/** Cards and prompt at one time. */
interface Moment {
  concept: Members;
  prompt: string;
  negative_prompt: string;
  following: Following;
  /** Whose pick goes with it. */
  picked: { id: string; mark: Mark | null } | null;
}

interface Step {
  /** What was changed, so that typing a word is one step. */
  what: string;
  at: number;
  /** Where it leads when it is taken. */
  to: Moment;
}

interface History {
  sessionId: string | null;
  /** What can be taken back, the newest last. */
  past: readonly Step[];
  /** What was taken back and can be done again, the next one last. */
  future: readonly Step[];
  following: Following;
}

const MOST_STEPS = 100;
/** Characters that a tab keeps of one session, of the five million that browsers allow a page. */
const MOST_KEPT = 1_000_000;
/** Changes of one kind within so many milliseconds of each other are one step. */
const ONE_STEP_MS = 1500;

const NOTHING: Omit<History, "sessionId"> = { past: [], future: [], following: null };

export const useHistory = create<History>()(() => ({ sessionId: null, ...NOTHING }));

/** Shows what this tab has done to the session before. */
export function openHistory(sessionId: string): void {
  if (useHistory.getState().sessionId === sessionId) return;
  useHistory.setState({ sessionId, ...read(sessionId) });
}

/** Called before a change; `picked`: the picture whose pick it is about. */
export function remember(what: string, picked: string | null = null): void {
  const { past, future } = useHistory.getState();
  const last = past.at(-1);
  const goesOn = what && last?.what === what && !future.length && Date.now() - last.at < ONE_STEP_MS;
  const step = goesOn ? { ...last, at: Date.now() } : { what, at: Date.now(), to: momentNow(picked) };
  set({ past: [...(goesOn ? past.slice(0, -1) : past), step].slice(-MOST_STEPS), future: [] });
}

export const follows = (following: Following): void => set({ following });

/** Takes the last step back. Null where there is none; otherwise which text has to follow the other. */
export const takeBack = (): { following: Following } | null => turn("past", "future");

/** Does again what was taken back last. */
export const doAgain = (): { following: Following } | null => turn("future", "past");

function turn(from: "past" | "future", onto: "past" | "future"): { following: Following } | null {
  const { [from]: steps, [onto]: others } = useHistory.getState();
  const step = steps.at(-1);
  if (!step) return null;
  const back = { ...step, at: 0, to: momentNow(step.to.picked?.id ?? null) };
  show(step.to);
  set({ [from]: steps.slice(0, -1), [onto]: [...others, back], following: step.to.following });
  return { following: step.to.following };
}

function momentNow(picked: string | null): Moment {
  const { concept = {}, prompt, negative_prompt } = useSessionStore.getState().config;
  const { grids: _, ...cards } = concept; // what was drawn stays drawn
  const mark = picked === null ? null : { id: picked, mark: useGenerationStore.getState().marks[picked] ?? null };
  return { concept: cards, prompt, negative_prompt, following: useHistory.getState().following, picked: mark };
}

function show({ concept, prompt, negative_prompt, picked }: Moment): void {
  const { config, change } = useSessionStore.getState();
  const { grids } = config.concept ?? {};
  change({ concept: { ...concept, grids }, prompt, negative_prompt });
  if (!picked) return;
  const { marks, toggle } = useGenerationStore.getState();
  const now = marks[picked.id] ?? null;
  const changed = picked.mark ?? now;
  if (now !== picked.mark && changed) toggle([picked.id], changed);
}

function set(fields: Partial<History>): void {
  useHistory.setState(fields);
  const { sessionId, ...kept } = useHistory.getState();
  if (sessionId) keep(sessionId, kept);
}

const keyOf = (sessionId: string) => `vibes-concept:${sessionId}`;

/** The newest steps, as many as there is room for. */
function keep(sessionId: string, kept: Omit<History, "sessionId">): void {
  const { past, future, following } = kept;
  const text = JSON.stringify({ past, future, following });
  const less = Math.floor(past.length / 2);
  if (text.length > MOST_KEPT && past.length) return keep(sessionId, { ...kept, past: past.slice(less + 1) });
  try {
    if (text.length <= MOST_KEPT) sessionStorage.setItem(keyOf(sessionId), text);
    else sessionStorage.removeItem(keyOf(sessionId));
  } catch {
    sessionStorage.removeItem(keyOf(sessionId)); // the browser's storage is full
  }
}

/** Whatever an older or newer page may have written there. */
function read(sessionId: string): Omit<History, "sessionId"> {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(keyOf(sessionId)) ?? "null");
    if (!isMembers(found)) return NOTHING;
    const { past, future, following } = found;
    return { past: stepsOf(past), future: stepsOf(future), following: followingOf(following) };
  } catch {
    return NOTHING;
  }
}

const followingOf = (value: unknown): Following => (value === "prompt" || value === "cards" ? value : null);

const stepsOf = (value: unknown): Step[] => (Array.isArray(value) && value.every(isStep) ? value : []);

const isStep = (value: unknown): value is Step =>
  isMembers(value) && typeof value["what"] === "string" && typeof value["at"] === "number" && isMoment(value["to"]);

function isMoment(value: unknown): value is Moment {
  if (!isMembers(value)) return false;
  const { concept, prompt, negative_prompt, picked } = value;
  const texts = typeof prompt === "string" && typeof negative_prompt === "string";
  return isMembers(concept) && texts && (picked === null || (isMembers(picked) && typeof picked["id"] === "string"));
}
