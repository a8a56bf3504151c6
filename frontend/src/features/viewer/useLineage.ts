import { useEffect, useState } from "react";

import { get } from "@/api/client";
import type { Generation } from "@/api/types";
import { useGenerationStore } from "@/stores/generationStore";

const LONGEST = 20;

/** From the first draft to this picture, oldest first, itself included. */
export function useLineage(generation: Generation): readonly Generation[] {
  const [lineage, setLineage] = useState<readonly Generation[]>([generation]);
  useEffect(() => {
    let over = false;
    void (async () => {
      const found = [generation];
      while (found[0]?.parent_id && found.length < LONGEST) {
        const parent = await find(found[0].parent_id);
        if (!parent) break;
        found.unshift(parent);
      }
      if (!over) setLineage(found);
    })();
    return () => {
      over = true;
    };
  }, [generation]);
  return lineage.at(-1)?.id === generation.id ? lineage : [generation];
}

const find = (id: string): Promise<Generation | null> =>
  Promise.resolve(
    useGenerationStore.getState().live.generations[id] ?? get<Generation>(`/api/generations/${id}`).catch(() => null),
  );
