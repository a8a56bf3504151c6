/** What a person wrote and the hub does not have yet, kept by the browser over a reload, a crash, a hub that is away. */

const PREFIX = "vibes-unsent";
const TAB = "vibes-tab";

import { same } from "@/lib/mergePatch";

/** A change and what it was made from, so that it can be laid over what the hub has by then. */
export interface Unsent<Config> {
  base: Config;
  mine: Config;
}

/** Each window has its own, also beside another one of the same session. */
function keyOf(sessionId: string): string {
  const tab = sessionStorage.getItem(TAB) ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
  sessionStorage.setItem(TAB, tab);
  return `${PREFIX}:${sessionId}:${tab}`;
}

export function keepUnsent<Config>(sessionId: string, unsent: Unsent<Config>): void {
  write(localStorage, keyOf(sessionId), unsent);
}

/** The hub has it; with `sent`, unless something newer was written meanwhile. */
export function forgetUnsent(sessionId: string, sent?: unknown): void {
  const key = keyOf(sessionId);
  if (sent === undefined || same(read<Unsent<unknown>>(localStorage, key)?.mine, sent)) localStorage.removeItem(key);
}

/** All that windows of this session left behind, which are then the caller's to keep. */
export function takeUnsent<Config>(sessionId: string): Unsent<Config>[] {
  const prefix = `${PREFIX}:${sessionId}:`;
  const keys = Object.keys(localStorage).filter((each) => each.startsWith(prefix));
  const found = keys.map((key) => read<Unsent<Config>>(localStorage, key));
  for (const key of keys) localStorage.removeItem(key);
  return found.filter((each) => each !== null && "base" in each && "mine" in each) as Unsent<Config>[];
}

/** Before there is a session, a window's words are its own. */
export const keepNew = (config: unknown): void => write(sessionStorage, PREFIX, config);
export const forgetNew = (): void => sessionStorage.removeItem(PREFIX);
export const readNew = (): unknown => read(sessionStorage, PREFIX);

function write(storage: Storage, key: string, value: unknown): void {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    storage.removeItem(key); // the browser's room is full: half of it would be worse than none
  }
}

function read<Value>(storage: Storage, key: string): Value | null {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? "null");
    return typeof value === "object" ? (value as Value | null) : null;
  } catch {
    return null;
  }
}
