import { useState } from "react";
import { toast } from "sonner";

import { post } from "@/api/client";
import type { Gpu } from "@/api/types";
import { Button } from "@/components/Button";
import { useGpuStore } from "@/stores/gpuStore";

import { hasVram } from "./facts";
import { answers } from "./status";

type Action = "drain" | "resume" | "free";

const DONE: Record<Action, string> = {
  drain: "finishes what it has and gets nothing new",
  resume: "takes work again",
  free: "unloads its models before its next prompt",
};

export function NodeActions({ gpu }: { gpu: Gpu }) {
  const [asking, setAsking] = useState(false);
  const act = async (action: Action) => {
    setAsking(true);
    try {
      await post(`/api/gpus/${encodeURIComponent(gpu.id)}/${action}`);
      toast.success(`${gpu.name} ${DONE[action]}.`);
      await useGpuStore.getState().refresh();
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    } finally {
      setAsking(false);
    }
  };
  const turn = gpu.state === "draining" ? "resume" : "drain";
  const turnWord = turn === "resume" ? "Resume" : "Drain";
  return (
    <div className="mt-auto flex flex-wrap gap-2">
      <Button
        aria-label={`${turnWord} ${gpu.name}`}
        title={`${gpu.name} ${DONE[turn]}`}
        disabled={asking || gpu.state === "disabled"}
        onClick={() => void act(turn)}
      >
        {turnWord}
      </Button>
      {hasVram(gpu) && (
        <Button
          look="quiet"
          aria-label={`Free VRAM of ${gpu.name}`}
          title={`${gpu.name} ${DONE.free}`}
          disabled={asking || !answers(gpu)}
          onClick={() => void act("free")}
        >
          Free VRAM
        </Button>
      )}
    </div>
  );
}
