/** What a person has not finished saying, kept by the browser over a reload. */
import type { Changes, IterationPlan } from "@/api/types";
import { isMembers } from "@/lib/mergePatch";

import type { Chip } from "@/actions/wording/changeChips";

export interface Texts {
  prompt: string;
  negative: string;
}

/** A suggestion that is being looked at. */
export interface Planned {
  stage: number;
  feedback: string;
  /** The texts that it started from. */
  before: Texts;
  /** As it was suggested, before anything was switched. */
  first: IterationPlan;
  /** With the chips as they are. */
  plan: IterationPlan;
  chips: readonly Chip[];
  /** The texts as they would be used; a person may have changed them. */
  texts: Texts;
  /** What a person had written before a chip was switched. */
  aside: Texts | null;
}

/** A suggestion that was used, and can be taken back. */
export interface Used {
  iterationId: string;
  feedback: string;
  changes: Changes;
  before: Texts;
  after: Texts;
}

export interface Kept {
  feedback: string;
  planned: Planned | null;
  used: readonly Used[];
}

export const NOTHING: Kept = { feedback: "", planned: null, used: [] };

const keyOf = (sessionId: string) => `vibes-refine:${sessionId}`;
const MOST_USED = 20;

export function keep(sessionId: string, kept: Kept): void {
  const empty = !kept.feedback && !kept.planned && !kept.used.length;
  try {
    if (empty) localStorage.removeItem(keyOf(sessionId));
    else localStorage.setItem(keyOf(sessionId), JSON.stringify({ ...kept, used: kept.used.slice(-MOST_USED) }));
  } catch {
    localStorage.removeItem(keyOf(sessionId)); // the browser's storage is full
  }
}

/** Whatever an older or newer page may have written there. */
export function read(sessionId: string): Kept {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(sessionId)) ?? "null");
    if (!isMembers(found)) return NOTHING;
    const { feedback, planned, used } = found;
    return {
      feedback: typeof feedback === "string" ? feedback : "",
      planned: isPlanned(planned) ? planned : null,
      used: Array.isArray(used) ? used.filter(isUsed) : [],
    };
  } catch {
    return NOTHING;
  }
}

const isTexts = (value: unknown): value is Texts =>
  isMembers(value) && typeof value["prompt"] === "string" && typeof value["negative"] === "string";

const isPlan = (value: unknown): boolean =>
  isMembers(value) && typeof value["suggested_prompt"] === "string" && Array.isArray(value["conflicts"]);

function isPlanned(value: unknown): value is Planned {
  if (!isMembers(value)) return false;
  const { stage, before, texts, first, plan, chips } = value;
  return (
    typeof stage === "number" && isTexts(before) && isTexts(texts) && isPlan(first) && isPlan(plan) && areChips(chips)
  );
}

const areChips = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => isMembers(each) && typeof each["term"] === "string");

const isUsed = (value: unknown): value is Used =>
  isMembers(value) && isTexts(value["before"]) && isTexts(value["after"]) && typeof value["iterationId"] === "string";
