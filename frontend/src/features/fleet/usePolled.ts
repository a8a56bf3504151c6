import { useEffect, useState } from "react";

import { POLL_MS } from "@/stores/gpuStore";

interface Polled<Answer> {
  answer: Answer | null;
  /** The hub's error message; the last answer stays on the screen. */
  problem: string | null;
}

/** Asks now and every few seconds until `isFinal` says that nothing more will change. `ask` must be stable. */
export function usePolled<Answer>(ask: () => Promise<Answer>, isFinal?: (answer: Answer) => boolean): Polled<Answer> {
  const [polled, setPolled] = useState<Polled<Answer>>({ answer: null, problem: null });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
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
      if (!done) timer = setTimeout(turn, POLL_MS);
    };
    void turn();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [ask, isFinal]);
  return polled;
}
