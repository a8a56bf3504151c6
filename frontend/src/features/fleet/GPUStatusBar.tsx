import type { Gpu } from "@/api/types";
import { plural } from "@/lib/format";
import { hrefOf } from "@/lib/route";
import { useGpuStore } from "@/stores/gpuStore";

import { DOT, INK, reasonOf, statusOf } from "./status";

const FLEET = hrefOf({ page: "fleet" });

/** Every node at a glance, on every page. */
export function GPUStatusBar() {
  const gpus = useGpuStore((state) => state.gpus);
  const reachable = useGpuStore((state) => state.reachable);
  if (!reachable) return null;
  return (
    <nav
      aria-label="GPU status"
      className="sticky top-0 z-20 flex items-center gap-2 overflow-x-auto border-b border-line bg-bg/95 px-3 py-1.5 text-xs whitespace-nowrap backdrop-blur [scrollbar-width:thin]"
    >
      {gpus.some((gpu) => gpu.simulated) && <SimulatedBadge />}
      {gpus.map((gpu) => (
        <Chip key={gpu.id} gpu={gpu} />
      ))}
      {gpus.length === 0 && (
        <a href={FLEET} className="py-1 text-warm underline-offset-2 hover:underline">
          No GPU yet: see how to add one
        </a>
      )}
    </nav>
  );
}

function Chip({ gpu }: { gpu: Gpu }) {
  const { word, tone } = statusOf(gpu);
  const queue = gpu.current_queue_length;
  const working = gpu.healthy && queue > 0;
  return (
    <a
      href={FLEET}
      title={reasonOf(gpu)}
      className="inline-flex min-h-7 shrink-0 items-center gap-1.5 rounded-full border border-line bg-panel px-2.5 hover:border-soft"
    >
      <span aria-hidden className={`size-2 shrink-0 rounded-full ${DOT[tone]}`} />
      <span className="max-w-40 truncate font-medium">{gpu.name}</span>
      {working ? (
        <span className="text-soft tabular-nums">
          <span aria-hidden>{queue}</span>
          <span className="sr-only">{`${word}, ${plural(queue, "prompt")} in its queue`}</span>
        </span>
      ) : (
        <span className={tone === "good" ? "text-soft" : INK[tone]}>{word}</span>
      )}
    </a>
  );
}

export function SimulatedBadge() {
  return (
    <span
      title="No real GPU draws here: the pictures come from the simulator."
      className="inline-flex min-h-6 shrink-0 items-center rounded-full border border-warm px-2.5 text-xs font-medium text-warm"
    >
      Simulated GPUs
    </span>
  );
}
