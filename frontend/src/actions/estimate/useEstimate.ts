import { useEffect, useState } from "react";

import { HubProblem, post } from "@/api/client";
import type { Estimate } from "@/api/types";

const PAUSE_MS = 250;
const AGAIN_MS = 5000;

export type Answer = { estimate: Estimate; problem: null } | { estimate: null; problem: HubProblem } | null;

/** The hub's estimate for a batch before it is submitted; asked again while it is on the screen. */
export function useEstimate(body: object | null, path = "/api/generate/estimate"): Answer {
  const [answer, setAnswer] = useState<Answer>(null);
  const text = body && JSON.stringify(body);
  useEffect(() => {
    setAnswer(null);
    if (!text) return;
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const ask = async () => {
      const next = await post<Estimate>(path, JSON.parse(text)).then(
        (estimate) => ({ estimate, problem: null }) as const,
        (error: unknown) => (error instanceof HubProblem ? ({ estimate: null, problem: error } as const) : null),
      );
      if (over) return;
      setAnswer(next);
      timer = setTimeout(() => void ask(), AGAIN_MS);
    };
    timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [text, path]);
  return answer;
}
