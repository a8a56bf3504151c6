import type { Gpu } from "@/api/types";
import { Button } from "@/components/Button";

import { hasVram } from "./facts";
import { GiveBack } from "./owner/GiveBack";
import { useHandback } from "./owner/useHandback";
import { answers } from "./status";

const FREED = "unloads its models before its next prompt";

export function NodeActions({ gpu }: { gpu: Gpu }) {
  const { asking, act } = useHandback(gpu);
  return (
    <div className="mt-auto flex flex-wrap gap-2">
      <GiveBack gpu={gpu} />
      {hasVram(gpu) && (
        <Button
          look="quiet"
          aria-label={`Free VRAM of ${gpu.name}`}
          title={`${gpu.name} ${FREED}`}
          disabled={asking || !answers(gpu)}
          onClick={() => void act("free", FREED)}
        >
          Free VRAM
        </Button>
      )}
    </div>
  );
}
