import { useEffect, useState } from "react";

import { get, HubProblem, withTicket } from "@/api/client";
import type { Generation, ImportTrial } from "@/api/types";

const POLL_MS = 1_000;

/** The picture of a test run: waiting, being drawn, drawn, or why not. */
export function TestPicture({ tested }: { tested: ImportTrial }) {
  const { generation, problem } = useGeneration(tested.generation_id);
  if (problem)
    return (
      <p role="alert" className="text-sm text-bad">
        {problem}
      </p>
    );
  if (!generation) return <Waiting words="Submitted …" />;
  const { status, image_url: url, error_message: message } = generation;
  if (status === "complete" && url)
    return (
      <figure className="grid gap-1">
        <img
          src={withTicket(url)}
          alt="The picture of the test"
          className="max-h-96 w-full rounded-lg object-contain"
        />
        <figcaption className="text-xs text-soft">
          Drawn{generation.gpu_id ? ` on ${generation.gpu_id}` : ""}, {generation.width} × {generation.height}. The
          workflow is not saved yet.
        </figcaption>
      </figure>
    );
  if (status === "failed" || status === "cancelled" || message)
    return (
      <p role="alert" className="text-sm text-bad">
        It was not drawn: {message || "it was cancelled"}
      </p>
    );
  return <Waiting words={wordsOf(generation)} />;
}

function wordsOf({ status, gpu_id: gpu }: Generation): string {
  if (status === "generating") return `Being drawn${gpu ? ` on ${gpu}` : ""} …`;
  return "Waiting for a machine …";
}

function Waiting({ words }: { words: string }) {
  return (
    <p
      role="status"
      className="shimmer flex h-32 items-center justify-center gap-3 rounded-lg bg-raised text-sm text-soft"
    >
      {words}
    </p>
  );
}

/** Asked again while it is not over. */
function useGeneration(id: string) {
  const [generation, setGeneration] = useState<Generation | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let left = false;
    const ask = async () => {
      try {
        const now = await get<Generation>(`/api/generations/${encodeURIComponent(id)}`);
        if (left) return;
        setGeneration(now);
        if (now.image_url || now.error_message || now.status === "cancelled") return;
      } catch (error) {
        if (left) return;
        if (error instanceof HubProblem && error.status === 404) return setProblem(error.message);
      }
      timer = setTimeout(() => void ask(), POLL_MS);
    };
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [id]);
  return { generation, problem };
}
