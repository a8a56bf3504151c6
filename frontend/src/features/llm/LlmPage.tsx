import { useCallback, useEffect, useState } from "react";

import { get } from "@/api/client";
import type { Llm } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";

import { SetUp } from "./SetUp";
import { StageCard } from "./StageCard";

/** The language models behind "What should change?": which, how they are, and how to set one up. */
export function LlmPage() {
  const { llm, problem, reload } = useLlm();
  return (
    <div className="mx-auto grid w-full max-w-3xl content-start gap-5 px-4 py-6 sm:px-6">
      <header className="grid gap-1">
        <h1 className="text-2xl font-semibold">Language models</h1>
        <p className="text-sm text-soft">
          They read “What should change?” and write the next prompt. Without them rules do it, and say so.
        </p>
      </header>
      {problem && (
        <Notice title="The language models cannot be shown" tone="bad">
          <p className="mb-4">{problem}</p>
          <Button onClick={reload}>Try again</Button>
        </Notice>
      )}
      {!llm && !problem && <p className="text-sm text-soft">Asking the hub …</p>}
      {llm && <FileProblems problems={llm.problems} />}
      {llm && (
        <ul aria-label="Stages" className="grid gap-3">
          {llm.stages.map((stage) => (
            <StageCard key={stage.stage} stage={stage} />
          ))}
        </ul>
      )}
      {llm && <SetUp file={llm.file} open={!llm.configured} />}
    </div>
  );
}

function FileProblems({ problems }: { problems: readonly string[] }) {
  if (!problems.length) return null;
  return (
    <section role="alert" className="grid gap-2 rounded-2xl border border-bad bg-panel p-4 text-sm">
      <h2 className="font-semibold text-bad">The newest llm.yaml is not in force</h2>
      <ul className="grid gap-1">
        {problems.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <p className="text-soft">
        The last good version stays in force. Mend the file and save it: the hub notices by itself.
      </p>
    </section>
  );
}

/** Asked again as often as the file may have been edited meanwhile. */
const POLL_MS = 5000;

function useLlm() {
  const [llm, setLlm] = useState<Llm | null>(null);
  const [problem, setProblem] = useState("");
  const reload = useCallback(() => {
    get<Llm>("/api/llm").then(
      (found) => {
        setLlm(found);
        setProblem("");
      },
      (error: Error) => setProblem(error.message),
    );
  }, []);
  useEffect(() => {
    reload();
    const timer = setInterval(reload, POLL_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return { llm, problem, reload };
}
