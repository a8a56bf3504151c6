import { useCallback, useEffect, useState } from "react";

import { get } from "@/api/client";
import type { Gpu, GpuModels } from "@/api/types";

import type { Unasked } from "./models";
import { answers, reasonOf } from "./status";

interface Heard {
  models: readonly GpuModels[];
  refused: Readonly<Record<string, string>>;
}

interface Models {
  /** Null: no answer yet. */
  models: readonly GpuModels[] | null;
  unasked: Unasked[];
  askAgain: () => void;
}

/** The model files of every node that answers; asked again when another node answers. */
export function useModels(gpus: readonly Gpu[]): Models {
  const [heard, setHeard] = useState<Heard | null>(null);
  const [turn, setTurn] = useState(0);
  const asked = gpus.filter(answers).map((gpu) => gpu.id);
  const key = JSON.stringify(asked);
  useEffect(() => {
    let stopped = false;
    void askAll(JSON.parse(key) as string[]).then((all) => !stopped && setHeard(all));
    return () => {
      stopped = true;
    };
  }, [key, turn]);
  const unasked = gpus.flatMap((gpu): Unasked[] => {
    const why = answers(gpu) ? heard?.refused[gpu.id] : reasonOf(gpu);
    return why ? [{ gpu, why }] : [];
  });
  const askAgain = useCallback(() => setTurn((before) => before + 1), []);
  return { models: heard?.models ?? null, unasked, askAgain };
}

async function askAll(ids: readonly string[]): Promise<Heard> {
  const models: GpuModels[] = [];
  const refused: Record<string, string> = {};
  await Promise.all(
    ids.map(async (id) => {
      try {
        models.push(await get<GpuModels>(`/api/gpus/${encodeURIComponent(id)}/models`));
      } catch (error) {
        refused[id] = error instanceof Error ? error.message : String(error);
      }
    }),
  );
  return { models, refused };
}
