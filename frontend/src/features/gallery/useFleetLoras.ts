import { useEffect, useState } from "react";

import { get } from "@/api/client";
import type { GpuModels } from "@/api/types";
import { useGpuStore } from "@/stores/gpuStore";

/** The LoRAs that any node has; a node that does not answer has none for now. */
export function useFleetLoras(): readonly string[] {
  const ids = useGpuStore(({ gpus }) => gpus.map((gpu) => gpu.id).join("\n"));
  const [loras, setLoras] = useState<readonly string[]>([]);
  useEffect(() => {
    let ended = false;
    const lists = ids.split("\n").filter(Boolean).map(lorasOf);
    void Promise.all(lists).then((found) => !ended && setLoras([...new Set(found.flat())].sort()));
    return () => {
      ended = true;
    };
  }, [ids]);
  return loras;
}

async function lorasOf(gpuId: string): Promise<string[]> {
  const answer = await get<GpuModels>(`/api/gpus/${encodeURIComponent(gpuId)}/models`).catch(() => null);
  return answer?.models["loras"] ?? [];
}
