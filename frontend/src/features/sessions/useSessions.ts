import { useCallback, useEffect, useState } from "react";

import { toast } from "sonner";

import { restoreSession } from "@/actions/sessions";
import { get, HubProblem, request } from "@/api/client";
import type { SessionSummary } from "@/api/types";
import { useSessionStore } from "@/stores/sessionStore";

const LIMIT = 50;
const UNDO_SHOWN_MS = 20_000;

interface SessionList {
  sessions: readonly SessionSummary[];
}

interface Held {
  /** Null: never answered. */
  sessions: readonly SessionSummary[] | null;
  more: boolean;
  loading: boolean;
  problem: HubProblem | null;
}

export function useSessions() {
  const [held, setHeld] = useState<Held>({ sessions: null, more: false, loading: true, problem: null });

  const load = useCallback(async (offset: number) => {
    setHeld((before) => ({ ...before, loading: true, problem: null }));
    try {
      const { sessions } = await get<SessionList>(`/api/sessions?limit=${LIMIT}&offset=${offset}`);
      setHeld((before) => ({
        sessions: joined(before.sessions, sessions),
        more: sessions.length === LIMIT,
        loading: false,
        problem: null,
      }));
    } catch (error) {
      setHeld((before) => ({ ...before, loading: false, problem: problemOf(error) }));
    }
  }, []);
  useEffect(() => void load(0), [load]);

  const remove = async (sessionId: string) => {
    try {
      await request("DELETE", `/api/sessions/${encodeURIComponent(sessionId)}`);
    } catch (error) {
      // another window was faster
      if (!(error instanceof HubProblem && error.status === 404)) throw error;
    }
    offerUndo(sessionId, () => void load(0));
    const { sessionId: openId, open } = useSessionStore.getState();
    if (openId === sessionId) open(null);
    setHeld((before) => ({ ...before, sessions: before.sessions?.filter((each) => each.id !== sessionId) ?? null }));
  };
  return { ...held, showMore: () => void load(held.sessions?.length ?? 0), reload: () => void load(0), remove };
}

/** The session is kept for a day. */
function offerUndo(sessionId: string, onBack: () => void): void {
  const restore = () => void restoreSession(sessionId, onBack);
  toast("The session is deleted", { duration: UNDO_SHOWN_MS, action: { label: "Undo", onClick: restore } });
}

/** A session created meanwhile moves one of the last page to the next. */
function joined(before: Held["sessions"], next: readonly SessionSummary[]): readonly SessionSummary[] {
  const byId = new Map([...(before ?? []), ...next].map((each) => [each.id, each]));
  return [...byId.values()];
}

function problemOf(error: unknown): HubProblem {
  return error instanceof HubProblem ? error : new HubProblem(0, "error", "The hub's answer could not be read.");
}
