/** One picture on its way, of a session that nobody has open: how far it is, and what becomes of it. */
import { useEffect, useState } from "react";

import { connect } from "@/actions/live/connection";
import { get, HubProblem } from "@/api/client";
import { TERMINAL, type Generation } from "@/api/types";
import { applyEvent, NOTHING, type LiveState } from "@/stores/applyEvent";
import { previews } from "@/stores/previews";

/** The hub is asked as well, for live events may not come through. */
const POLL_MS = 2_000;

export interface Progress {
  /** Steps. */
  current: number;
  /** 0: not told yet. */
  total: number;
  secondsLeft: number | null;
}

export function useTrial(id: string): { generation: Generation | null; progress: Progress; problem: string } {
  const { asked, problem } = useAsked(id);
  const over = asked !== null && TERMINAL.has(asked.status);
  const live = useLive(id, over ? null : (asked?.session_id ?? null));
  const heard = live.generations[id] ?? null;
  const { current = 0, total = 0 } = live.progress[id] ?? {};
  const batch = heard && live.batches[heard.batch_id];
  return {
    generation: over || !heard ? asked : heard,
    progress: { current, total, secondsLeft: batch?.eta_seconds ?? null },
    problem,
  };
}

/** Asked again while it is not over. */
function useAsked(id: string): { asked: Generation | null; problem: string } {
  const [asked, setAsked] = useState<Generation | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let left = false;
    const ask = async () => {
      try {
        const now = await get<Generation>(`/api/generations/${encodeURIComponent(id)}`);
        if (left) return;
        setAsked(now);
        if (TERMINAL.has(now.status)) return;
      } catch (error) {
        if (left) return;
        if (error instanceof HubProblem && error.status === 404) return setProblem(error.message);
      }
      timer = setTimeout(() => void ask(), POLL_MS);
    };
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [id]);
  return { asked, problem };
}

/** `sessionId`: null: nothing is to be heard. */
function useLive(id: string, sessionId: string | null): LiveState {
  const [live, setLive] = useState<LiveState>(NOTHING);
  useEffect(() => {
    if (!sessionId) return;
    let now = NOTHING;
    const end = connect(sessionId, {
      message: (message) => setLive((now = applyEvent(now, message))),
      preview: ({ generationId, image }) => {
        const status = now.generations[id]?.status;
        if (generationId === id && !(status && TERMINAL.has(status))) previews.put(id, image);
      },
      connection: () => undefined,
      gone: () => undefined,
      seq: () => now.seq,
    });
    return () => {
      end();
      previews.drop(id);
    };
  }, [id, sessionId]);
  return live;
}
