import { useEffect } from "react";

import type { Gpu } from "@/api/types";
import { Notice } from "@/components/Notice";
import { hrefOf } from "@/lib/route";
import { useGpuStore } from "@/stores/gpuStore";

import { DOT, INK, reasonOf, statusOf } from "../status";
import { GiveBack } from "./GiveBack";
import { whose } from "./handback";

/** One machine for whom it belongs to: a page to keep on a phone's home screen. */
export function MachinePage({ nodeId }: { nodeId: string }) {
  const gpu = useGpuStore(({ gpus }) => gpus.find(({ id }) => id === nodeId));
  const reachable = useGpuStore((state) => state.reachable);
  useEffect(() => {
    const before = document.title;
    if (gpu) document.title = gpu.name;
    return () => {
      document.title = before;
    };
  }, [gpu]);
  if (gpu) return <Machine gpu={gpu} />;
  if (reachable === null) return <Notice title="Asking the hub about this machine …" />;
  if (reachable === false) return <Notice title="The hub does not answer" tone="bad" />;
  return (
    <Notice title={`There is no machine ${nodeId}`} tone="bad">
      <a className="text-accent underline" href={hrefOf({ page: "fleet" })}>
        See all machines
      </a>
    </Notice>
  );
}

function Machine({ gpu }: { gpu: Gpu }) {
  const { word, tone } = statusOf(gpu);
  return (
    <div className="mx-auto grid w-full max-w-lg content-start gap-6 px-4 py-6 sm:px-6">
      <header className="grid gap-2">
        <h1 className="text-2xl font-semibold">{gpu.name}</h1>
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span aria-hidden className={`size-2.5 rounded-full ${DOT[tone]}`} />
          <span className={`font-medium ${INK[tone]}`}>{word}</span>
          <span className="text-soft">{reasonOf(gpu)}</span>
        </p>
      </header>
      <p className="text-lg" role="status">
        {whose(gpu, new Date())}
      </p>
      <GiveBack gpu={gpu} large />
      <Now gpu={gpu} />
      {gpu.owner_hours.length > 0 && (
        <section aria-label="Hours" className="grid gap-1 text-sm">
          <h2 className="text-soft">Yours every week{gpu.timezone ? ` (${gpu.timezone})` : ""}</h2>
          <ul>
            {gpu.owner_hours.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      <a className="text-sm text-accent underline" href={hrefOf({ page: "fleet" })}>
        All machines
      </a>
    </div>
  );
}

function Now({ gpu }: { gpu: Gpu }) {
  const [current] = gpu.running;
  if (!current) return <p className="text-sm text-soft">It draws nothing now.</p>;
  return (
    <p className="line-clamp-3 text-sm" dir="auto">
      <span className="text-soft">It draws now: </span>
      {current.prompt || "without a prompt"}
    </p>
  );
}
