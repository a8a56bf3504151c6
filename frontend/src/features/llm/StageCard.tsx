import { useState } from "react";

import { post } from "@/api/client";
import type { LlmCheck, LlmChecks, LlmStage } from "@/api/types";
import { Button } from "@/components/Button";
import { clock, seconds } from "@/lib/format";

import { Advice } from "./Advice";

const STAGES: Readonly<Record<LlmStage["stage"], { name: string; does: string }>> = {
  interpreter: { name: "Understands", does: "Reads what should change: what to keep, remove, add and replace." },
  engineer: {
    name: "Writes",
    does: "Writes the new prompt in whole sentences, for models that are told in sentences.",
  },
  vision: { name: "Looks", does: "Looks at what was picked and rejected, and tells what differs." },
};

/** One stage of a refinement: its model, how it is, and a test. */
export function StageCard({ stage }: { stage: LlmStage }) {
  const { name, does } = STAGES[stage.stage];
  const { check, testing, problem, test } = useTest(stage);
  const works = check ? check.works : stage.works;
  const untested = testing || (!check && !problem);
  return (
    <li className="grid gap-2 rounded-2xl border border-line bg-panel p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{name}</h2>
        {stage.model && (
          <Button className="min-h-11" aria-label={`Test: ${name}`} disabled={testing} onClick={test}>
            {testing ? "Testing …" : "Test"}
          </Button>
        )}
      </div>
      <p className="text-sm text-soft">{does}</p>
      <Facts stage={stage} />
      <div role="status" className="grid gap-1 text-sm">
        {testing && <p className="text-soft">A short question is asked; the first one loads the model.</p>}
        {!testing && check && <Found check={check} />}
        {problem && <p className="text-bad">{problem}</p>}
        {untested && stage.model && (
          <p className={works === false ? "text-warm" : "text-soft"}>
            <Advice text={sentence(stage.words)} />
            {stage.asked_at && <span className="text-soft"> At {clock(stage.asked_at)}.</span>}
          </p>
        )}
        {!stage.model && <p className="text-soft">{sentence(stage.words)}</p>}
      </div>
    </li>
  );
}

function Facts({ stage: { model, server, url, shares_gpu_with: node } }: { stage: LlmStage }) {
  if (!model) return null;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      <dt className="text-soft">Model</dt>
      <dd>{model}</dd>
      <dt className="text-soft">Server</dt>
      <dd>
        {server} <span className="text-soft">{url}</span>
      </dd>
      {node && (
        <>
          <dt className="text-soft">Card</dt>
          <dd>shared with {node}: one of the two at a time</dd>
        </>
      )}
    </dl>
  );
}

function Found({ check }: { check: LlmCheck }) {
  const took = check.seconds === null ? "" : ` in ${seconds(check.seconds)}`;
  return (
    <>
      <p className={check.works ? "text-good" : "text-bad"}>
        {check.works ? `Works: answered${took}` : `Does not work${took && `: answered${took}`}`}
      </p>
      {check.problem && (
        <p>
          <Advice text={sentence(check.problem)} />
        </p>
      )}
      {check.vision === false && check.stage === "vision" && <p className="text-warm">It sees no pictures.</p>}
    </>
  );
}

const sentence = (words: string): string => {
  const text = `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
  return /[.?!`]$/.test(text) ? text : `${text}.`;
};

function useTest({ stage }: LlmStage) {
  const [check, setCheck] = useState<LlmCheck | null>(null);
  const [testing, setTesting] = useState(false);
  const [problem, setProblem] = useState("");
  const test = () => {
    setTesting(true);
    setProblem("");
    post<LlmChecks>("/api/llm/check", { stages: [stage] })
      .then(
        ({ checks }) => setCheck(checks[0] ?? null),
        (error: Error) => setProblem(error.message),
      )
      .finally(() => setTesting(false));
  };
  return { check, testing, problem, test };
}
