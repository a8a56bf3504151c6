import { useState } from "react";
import { toast } from "sonner";

import { post, withTicket } from "@/api/client";
import type { Generation, ImportTrial } from "@/api/types";
import { Button } from "@/components/Button";
import { PreviewImage } from "@/components/PreviewImage";
import { useTrial, type Progress } from "@/features/importing/useTrial";
import { modelName, seconds } from "@/lib/format";
import { capitalised } from "@/lib/text";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

/** The picture of a test run: waiting, being drawn, drawn, or why not. */
export function TestPicture({ tested }: { tested: ImportTrial }) {
  const { generation, progress, problem } = useTrial(tested.generation_id);
  const gpu = useGpuStore(({ gpus }) => nameOf(gpus, generation?.gpu_id ?? null));
  if (problem) return <Refused words={problem} />;
  const { status, image_url: url, error_message: message } = generation ?? {};
  if (generation && status === "complete" && url)
    return (
      <figure className="grid gap-1">
        <img
          src={withTicket(url)}
          alt="The picture of the test"
          className="max-h-96 w-full rounded-lg bg-raised object-contain"
        />
        <figcaption className="text-xs text-soft">
          Drawn{generation.gpu_id ? ` on ${gpu}` : ""}, {generation.width} × {generation.height}. The workflow is not
          saved yet.
        </figcaption>
      </figure>
    );
  if (status === "cancelled") return <Refused words="The test was stopped: no picture was drawn." />;
  if (status === "failed") return <Refused words={`It was not drawn: ${message || "the hub does not say why"}`} />;
  return <Drawing id={tested.generation_id} generation={generation} gpu={gpu} progress={progress} />;
}

const Refused = ({ words }: { words: string }) => (
  <p role="alert" className="text-sm text-bad wrap-anywhere">
    {capitalised(words)}
  </p>
);

interface DrawingProps {
  id: string;
  /** Null: not heard of yet. */
  generation: Generation | null;
  gpu: string;
  progress: Progress;
}

/** How far it is, with the newest preview. */
function Drawing({ id, generation, gpu, progress: { current, total, secondsLeft } }: DrawingProps) {
  const words = wordsOf(generation, gpu);
  const isDrawn = generation?.status === "generating" && total > 0;
  const percent = isDrawn ? Math.round((100 * current) / total) : 0;
  return (
    <div className="grid gap-2">
      <div className="shimmer relative grid h-56 place-items-center overflow-hidden rounded-lg bg-raised">
        <PreviewImage generationId={id} className="absolute inset-0 size-full object-contain" />
      </div>
      <div className="flex items-center gap-3">
        <div className="grid grow gap-1">
          <p role="status" className="text-sm text-soft">
            {words}
          </p>
          {isDrawn && (
            <>
              <div
                role="progressbar"
                aria-label="Progress of the test"
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={percent}
                className="h-1.5 overflow-hidden rounded-full bg-raised"
              >
                <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
              </div>
              <p className="text-xs tabular-nums text-soft">
                Step {current} of {total}
                {secondsLeft !== null && ` · about ${seconds(secondsLeft)} left`}
              </p>
            </>
          )}
        </div>
        <Stop id={id} />
      </div>
    </div>
  );
}

function wordsOf(generation: Generation | null, gpu: string): string {
  if (!generation) return "Submitted …";
  const { status, loading, waiting_for: wait } = generation;
  if (status !== "generating") return wait ? `Waiting: ${wait}` : "Waiting for a machine …";
  return loading ? `${gpu} loads ${modelName(loading)} …` : `Being drawn on ${gpu} …`;
}

function Stop({ id }: { id: string }) {
  const [busy, setBusy] = useState(false);
  const stop = async () => {
    setBusy(true);
    await post(`/api/generations/${encodeURIComponent(id)}/cancel`).catch((error: Error) => {
      toast.error(error.message);
      setBusy(false);
    });
  };
  return (
    <Button className="min-h-11" disabled={busy} aria-label="Stop the test" onClick={() => void stop()}>
      {busy ? "Stopping…" : "Stop"}
    </Button>
  );
}
