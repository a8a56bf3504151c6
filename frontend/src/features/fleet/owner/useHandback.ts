import { useState } from "react";
import { toast } from "sonner";

import { post } from "@/api/client";
import type { Gpu } from "@/api/types";
import { useGpuStore } from "@/stores/gpuStore";

type Action = "drain" | "resume" | "free";

/** Tells the hub what is to become of a node, says what came of it, and asks how the fleet is then. */
export function useHandback(gpu: Gpu) {
  const [asking, setAsking] = useState(false);
  const act = async (action: Action, done: string, body?: object) => {
    setAsking(true);
    try {
      await post(`/api/gpus/${encodeURIComponent(gpu.id)}/${action}`, body);
      toast.success(`${gpu.name} ${done}.`);
      await useGpuStore.getState().refresh();
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    } finally {
      setAsking(false);
    }
  };
  return { asking, act };
}
