/** A node's state in words for people. */
import { TAKES_WORK, type Gpu } from "@/api/types";

export type Tone = "good" | "accent" | "warm" | "bad" | "soft";

interface Status {
  word: string;
  tone: Tone;
  /** It answers nothing that is asked of it. */
  silent?: true;
  /** What the state means, shown when the node gives no reason. */
  meaning: string;
  /** The same of a node that is no machine with a ComfyUI. */
  elsewhere?: string;
}

const STATUSES: Readonly<Record<Gpu["state"], Status>> = {
  starting: { word: "starting", silent: true, tone: "soft", meaning: "the hub has not heard from it yet" },
  ready: { word: "ready", tone: "good", meaning: "answers and is free" },
  busy: { word: "busy", tone: "accent", meaning: "answers and is drawing" },
  degraded: { word: "slow", tone: "warm", meaning: "takes long to answer, so it is used last" },
  wedged: {
    word: "stuck",
    tone: "bad",
    meaning: "answers but does not advance: restart its ComfyUI",
    elsewhere: "answers but does not advance",
  },
  offline: {
    word: "offline",
    silent: true,
    tone: "bad",
    meaning: "does not answer. Is the machine on and ComfyUI started with --listen?",
    elsewhere: "does not answer",
  },
  draining: { word: "draining", tone: "warm", meaning: "finishes what it has and gets nothing new" },
  disabled: { word: "switched off", silent: true, tone: "soft", meaning: "is switched off in gpus.yaml" },
};

/** A newer hub may know a state that this page does not. */
const statusIn = (state: Gpu["state"]): Status =>
  Object.hasOwn(STATUSES, state)
    ? STATUSES[state]
    : { word: state, tone: "soft", meaning: "is in a state that this page does not know: reload it" };

const PAUSED: Status = { word: "paused", tone: "warm", meaning: "answers, but gets nothing for the moment" };

const NOT_RENTED: Status = {
  word: "not rented",
  silent: true,
  tone: "soft",
  meaning: "is rented when work waits for it",
};

const OWNERS: Status = { word: "its owner’s", tone: "soft", meaning: "belongs to its owner at present" };
const GIVEN_BACK: Status = { word: "given back", tone: "warm", meaning: "finishes what it has and gets nothing new" };

/** A node in a working state that is not healthy is kept from work by the hub for a while; one that is rented when there
 * is work for it is not broken before. */
export function statusOf(gpu: Pick<Gpu, "state" | "healthy" | "reason_code">): Status {
  if (gpu.state === "draining" && gpu.reason_code === "owner_hours") return OWNERS;
  if (gpu.state === "draining" && gpu.reason_code === "drained") return GIVEN_BACK;
  if (TAKES_WORK.has(gpu.state) && !gpu.healthy) return PAUSED;
  return gpu.state === "offline" && gpu.reason_code === "not_rented" ? NOT_RENTED : statusIn(gpu.state);
}

export function reasonOf(gpu: Pick<Gpu, "state" | "healthy" | "reason" | "reason_code" | "url">): string {
  const { meaning, elsewhere } = statusOf(gpu);
  return gpu.reason ?? (gpu.url ? meaning : (elsewhere ?? meaning));
}

export const answers = (gpu: Pick<Gpu, "state">): boolean => !statusIn(gpu.state).silent;

export const DOT: Record<Tone, string> = {
  good: "bg-good",
  accent: "bg-accent",
  warm: "bg-warm",
  bad: "bg-bad",
  soft: "bg-soft",
};

export const INK: Record<Tone, string> = {
  good: "text-good",
  accent: "text-accent",
  warm: "text-warm",
  bad: "text-bad",
  soft: "text-soft",
};
