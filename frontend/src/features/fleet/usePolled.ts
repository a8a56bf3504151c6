import { useCallback, useEffect, useState } from "react";

import { POLL_MS } from "@/stores/gpuStore";
import { useFleetCosts } from "@/stores/useMaxCost";

interface Polled<Answer> {
  answer: Answer | null;
  /** The hub's error message; the last answer stays on the screen. */
  problem: string | null;
}

interface Asking<Answer> extends Polled<Answer> {
  /** Asks now, whenever the next turn would be. */
  askAgain: () => void;
}

/** Asks now and every few seconds until `isFinal` says that nothing more will change, and not while nobody sees the
 * page. `ask` must be stable. */
export function usePolled<Answer>(ask: () => Promise<Answer>, isFinal?: (answer: Answer) => boolean): Asking<Answer> {
  const [turn, setTurn] = useState(0);
  const [polled, setPolled] = useState<Polled<Answer>>({ answer: null, problem: null });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      let done = false;
      try {
        const answer = await ask();
        if (stopped) return;
        done = isFinal?.(answer) ?? false;
        setPolled({ answer, problem: null });
      } catch (error) {
        if (stopped) return;
        setPolled((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) }));
      }
      if (!done) timer = setTimeout(next, POLL_MS);
    };
    const next = () => {
      if (document.visibilityState !== "hidden") void look();
      else document.addEventListener("visibilitychange", next, { once: true });
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", next);
    };
  }, [ask, isFinal, turn]);
  const askAgain = useCallback(() => setTurn((before) => before + 1), []);
  return { ...polled, askAgain };
}

/** The same of money: once where nothing in the fleet costs anything and nothing `goesOn`, since then nothing becomes of
 * it by itself. */
export function usePolledMoney<Answer>(
  ask: () => Promise<Answer>,
  goesOn?: (answer: Answer) => boolean,
): Asking<Answer> {
  const costs = useFleetCosts();
  const isFinal = useCallback((answer: Answer) => !costs && !goesOn?.(answer), [costs, goesOn]);
  return usePolled(ask, isFinal);
}
