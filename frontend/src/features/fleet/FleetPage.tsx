import { useShallow } from "zustand/react/shallow";

import { get } from "@/api/client";
import type { GenerationList, GpuList } from "@/api/types";
import { Notice } from "@/components/Notice";
import { hrefOf } from "@/lib/route";
import { useGenerationStore } from "@/stores/generationStore";
import { useGpuStore } from "@/stores/gpuStore";

import { BatchTimeline } from "./BatchTimeline";
import { CostTable } from "./CostTable";
import { FindMachines } from "./finding/FindMachines";
import { SimulatedBadge } from "./GPUStatusBar";
import { MaybePaidAttempts } from "./MaybePaidAttempts";
import { ModelMatrix } from "./ModelMatrix";
import { NodeCard } from "./NodeCard";
import { MachinePage } from "./owner/MachinePage";
import { Rentals } from "./Rentals";
import { drawnPerNode, newestBatch } from "./share";
import { usePolled } from "./usePolled";

/** `nodeId`: only that machine, for whom it belongs to. */
export function FleetPage({ nodeId = "" }: { nodeId?: string }) {
  return nodeId ? <MachinePage nodeId={nodeId} /> : <WholeFleet />;
}

function WholeFleet() {
  const gpus = useGpuStore((state) => state.gpus);
  const problems = useGpuStore((state) => state.configProblems);
  const reachable = useGpuStore((state) => state.reachable);
  if (reachable === null) return <Notice title="Asking the hub about its GPUs …" />;
  if (reachable === false && gpus.length === 0) {
    return (
      <Notice title="The hub does not answer" tone="bad">
        Start it with <code>vibes serve</code>; this page goes on by itself.
      </Notice>
    );
  }
  return (
    <div className="mx-auto grid w-full max-w-[100rem] content-start gap-8 px-4 py-6 sm:px-6">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-semibold">Fleet</h1>
        {gpus.some((gpu) => gpu.simulated) && <SimulatedBadge />}
        <div className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-2">
          <FindMachines />
          <a className="text-sm text-accent underline" href={hrefOf({ page: "doctor" })}>
            Doctor
          </a>
          <a className="text-sm text-accent underline" href={hrefOf({ page: "llm" })}>
            Language models
          </a>
        </div>
      </header>
      <ConfigProblems problems={problems} />
      <MaybePaidAttempts />
      {gpus.length === 0 ? <EmptyFleet /> : <Nodes />}
      <Rentals />
      <CostTable />
      <NewestBatch />
      {gpus.length > 0 && <ModelMatrix />}
    </div>
  );
}

function Nodes() {
  const gpus = useGpuStore((state) => state.gpus);
  const drawn = useGenerationStore(useShallow((state) => drawnPerNode(newestBatch(state.live.generations))));
  const total = useGenerationStore((state) => newestBatch(state.live.generations).length);
  return (
    <section aria-label="Nodes" className="grid grid-cols-[repeat(auto-fill,minmax(min(18rem,100%),1fr))] gap-4">
      {gpus.map((gpu) => (
        <NodeCard key={gpu.id} gpu={gpu} share={total ? { drawn: drawn.get(gpu.id) ?? 0, total } : null} />
      ))}
    </section>
  );
}

const askNewest = async (): Promise<string | null> => {
  const { generations } = await get<GenerationList>("/api/generations?limit=1");
  return generations[0]?.batch_id ?? null;
};

function NewestBatch() {
  const { answer: batchId } = usePolled(askNewest);
  return batchId ? <BatchTimeline key={batchId} batchId={batchId} /> : null;
}

function ConfigProblems({ problems }: { problems: GpuList["config_problems"] }) {
  if (problems.length === 0) return null;
  return (
    <section role="alert" className="grid gap-2 rounded-2xl border border-bad bg-panel p-5 text-sm">
      <h2 className="font-semibold text-bad">The newest gpus.yaml is not in force</h2>
      <ul className="grid gap-1">
        {problems.map(({ file, line, column, message }) => (
          <li key={`${file}:${line}:${column}:${message}`}>
            <code className="text-soft">{line ? `${file}:${line}:${column}` : file}</code> {message}
          </li>
        ))}
      </ul>
      <p className="text-soft">
        The last good version stays in force. Mend the file and save it: the hub notices by itself.
      </p>
    </section>
  );
}

function EmptyFleet() {
  return (
    <Notice title="No GPU in the fleet yet">
      <ol className="grid list-decimal gap-2 pl-5 text-left">
        <li>
          On each machine start ComfyUI so that the hub can reach it: <code>python main.py --listen</code>
        </li>
        <li>
          Press <em>Find machines</em>, or put its host, port, tier and capabilities into <code>config/gpus.yaml</code>.
          The hub notices by itself.
        </li>
        <li>
          No machine at hand? <code>make demo</code> starts four simulated GPUs.
        </li>
      </ol>
    </Notice>
  );
}
