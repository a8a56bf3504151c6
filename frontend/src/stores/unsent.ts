/** What a person wrote and the hub does not have yet, kept by the browser over a reload, a crash, or an absent hub. */

const PREFIX = "vibes-unsent";
const TAB = "vibes-tab";

import { same } from "@/lib/mergePatch";

/** A change and the config that it started from, so that it can be applied to the hub's newer config. */
export interface Unsent<Config> {
  base: Config;
  mine: Config;
}

/** One key a window, so that two windows of one session do not overwrite each other's. */
function keyOf(sessionId: string): string {
  const tab = sessionStorage.getItem(TAB) ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
  sessionStorage.setItem(TAB, tab);
  return `${PREFIX}:${sessionId}:${tab}`;
}

export function keepUnsent<Config>(sessionId: string, unsent: Unsent<Config>): void {
  write(localStorage, keyOf(sessionId), unsent);
}

/** Call when the hub has it; with `sent`, only if nothing newer was written meanwhile. */
export function forgetUnsent(sessionId: string, sent?: unknown): void {
  const key = keyOf(sessionId);
  if (sent === undefined || same(read<Unsent<unknown>>(localStorage, key)?.mine, sent)) localStorage.removeItem(key);
}

/** Everything that windows of this session left, which the caller keeps from now on. */
export function takeUnsent<Config>(sessionId: string): Unsent<Config>[] {
  const prefix = `${PREFIX}:${sessionId}:`;
  const keys = Object.keys(localStorage).filter((each) => each.startsWith(prefix));
  const found = keys.map((key) => read<Unsent<Config>>(localStorage, key));
  for (const key of keys) localStorage.removeItem(key);
  return found.filter((each) => each !== null && "base" in each && "mine" in each) as Unsent<Config>[];
}

/** Before a session exists, a window's texts are kept for that window alone. */
export const keepNew = (config: unknown): void => write(sessionStorage, PREFIX, config);
export const forgetNew = (): void => sessionStorage.removeItem(PREFIX);
export const readNew = (): unknown => read(sessionStorage, PREFIX);

function write(storage: Storage, key: string, value: unknown): void {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    storage.removeItem(key); // the browser's storage is full: keep nothing rather than half of it
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
