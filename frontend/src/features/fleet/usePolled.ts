import { useCallback, useEffect, useState } from "react";

import { POLL_MS } from "@/stores/gpuStore";

interface Polled<Answer> {
  answer: Answer | null;
  /** The hub's error message; the last answer stays on the screen. */
  problem: string | null;
}

interface Asking<Answer> extends Polled<Answer> {
  /** Asks now, whenever the next turn would be. */
  askAgain: () => void;
}

/** Asks now and every few seconds until `isFinal` says that nothing more will change. `ask` must be stable. */
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
      if (!done) timer = setTimeout(look, POLL_MS);
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [ask, isFinal, turn]);
  const askAgain = useCallback(() => setTurn((before) => before + 1), []);
  return { ...polled, askAgain };
}
