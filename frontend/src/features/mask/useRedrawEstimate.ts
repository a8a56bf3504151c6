import { useEffect, useState } from "react";

import { inWords } from "@/actions/batches";
import { estimateRedraw, type Redraw } from "@/actions/startFrom";
import { plural, range } from "@/lib/format";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

const PAUSE_MS = 400;

/** How long it takes and where, or why nobody can do it. */
export type Forecast = { text: string; refused: boolean } | null;

/** Asked before anything is painted: the picture itself stands in for the mask, which has its size. */
export function useRedrawEstimate({ generation, strength, count, padding }: Omit<Redraw, "mask" | "prompt">): Forecast {
  const [forecast, setForecast] = useState<Forecast>(null);
  useEffect(() => {
    let over = false;
    const prompt = generation.prompt || "anything";
    const ask = async () => {
      const next = await estimateRedraw({
        ...{ generation, strength, count, prompt, padding },
        mask: `generation:${generation.id}`,
      }).then(
        ({ eta_range_seconds: eta, gpus, waiting_for: reason }) => {
          const names = gpus.map(({ gpu_id }) => nameOf(useGpuStore.getState().gpus, gpu_id));
          const when = eta ? range(...(eta as [number, number])) : reason;
          const text = [plural(count, "picture"), when, names.join(", ")].filter(Boolean).join(" · ");
          return { text, refused: false };
        },
        (error: Error) => ({ text: inWords(error), refused: true }),
      );
      if (!over) setForecast(next);
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [generation, strength, count, padding]);
  return forecast;
}
