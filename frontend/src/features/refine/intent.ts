/** The session's intent: what its pictures were asked to be, in order; two windows may change it at once. */
import { HubProblem, send } from "@/api/client";
import type { Intent, Wish } from "@/api/types";

import { chipsIn, wordsOf, type Chip } from "@/actions/wording/changeChips";

import { changesOf } from "./chips";

export interface Changed {
  intent: Intent;
  /** Another window had changed it too; both changes are in. */
  merged: boolean;
}

const MOST_TRIES = 5;
const pathOf = (sessionId: string) => `/api/sessions/${encodeURIComponent(sessionId)}/intent`;

export const readIntent = async (sessionId: string): Promise<Intent> =>
  (await (await send("GET", pathOf(sessionId))).json()) as Intent;

/** Carries the change out on the newest version, however often another window is faster. `seen`: the version on the
 * screen. */
export async function changeIntent(
  sessionId: string,
  change: (wishes: readonly Wish[]) => readonly Wish[],
  seen?: number,
): Promise<Changed> {
  for (let tries = 1; ; tries++) {
    const response = await send("GET", pathOf(sessionId));
    const intent = (await response.json()) as Intent;
    const merged = seen !== undefined && intent.version !== seen;
    const wishes = change(intent.wishes);
    if (wishes === intent.wishes) return { intent, merged };
    const version = { "If-Match": response.headers.get("ETag") ?? `"${intent.version}"` };
    try {
      const put = await send("PUT", pathOf(sessionId), { wishes }, version);
      return { intent: (await put.json()) as Intent, merged: merged || tries > 1 };
    } catch (error) {
      if (!(error instanceof HubProblem) || error.code !== "intent_changed" || tries === MOST_TRIES) throw error;
    }
  }
}

export const withWish =
  (wish: Wish) =>
  (wishes: readonly Wish[]): readonly Wish[] =>
    [...wishes.filter((each) => each.id !== wish.id), wish].toSorted((one, other) =>
      Date.parse(one.at) < Date.parse(other.at) ? -1 : 1,
    );

export const withoutWish =
  (id: string) =>
  (wishes: readonly Wish[]): readonly Wish[] =>
    wishes.some((each) => each.id === id) ? wishes.filter((each) => each.id !== id) : wishes;

/** The wish without one of its operations; without the last one it goes. */
export const withoutTerm =
  (id: string, chip: Chip) =>
  (wishes: readonly Wish[]): readonly Wish[] =>
    wishes.flatMap((wish) => {
      if (wish.id !== id) return [wish];
      const left = chipsIn(wish.changes).filter((each) => wordsOf(each) !== wordsOf(chip));
      return left.length ? [{ ...wish, changes: changesOf(left) }] : [];
    });
