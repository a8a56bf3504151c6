import { useCallback, useEffect, useState } from "react";

import { copyText } from "@/actions/copyText";
import { get } from "@/api/client";
import type { DoctorFinding, DoctorReport } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { clock, plural } from "@/lib/format";
import { capitalised } from "@/lib/text";

import { asText, inState, INK, SECTIONS, type Section } from "./findings";

/** What is right with the hub and its surroundings, and what to do about the rest. */
export function DoctorPage() {
  const { report, problem, looking, look } = useReport();
  return (
    <div className="mx-auto grid w-full max-w-3xl content-start gap-5 px-4 py-6 sm:px-6">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="grid gap-1">
          <h1 className="text-2xl font-semibold">Doctor</h1>
          <p className="text-sm text-soft">What is right, and what to do about the rest. It only looks.</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {report && (
            <Button
              look="quiet"
              className="min-h-11"
              title="All findings as text, for who helps you; no key is in them"
              onClick={() => void copyText(asText(report), "Copied", "The browser does not allow copying")}
            >
              Copy as text
            </Button>
          )}
          <Button className="min-h-11" disabled={looking} onClick={look}>
            {looking ? "Looking …" : "Look again"}
          </Button>
        </div>
      </header>
      {problem && (
        <Notice title="The hub could not look" tone="bad">
          {problem}
        </Notice>
      )}
      <p role="status" className="text-sm text-soft">
        {looking ? "Asking machines, disk, database and more; that takes some seconds …" : report && summary(report)}
      </p>
      {report && SECTIONS.map((section) => <Findings key={section.state} section={section} report={report} />)}
    </div>
  );
}

function summary({ findings, checked_at: at }: DoctorReport): string {
  const wrong = inState(findings, "wrong").length;
  const better = inState(findings, "warn").length;
  const words = [wrong && `${wrong} wrong`, better && `${better} could be better`].filter(Boolean).join(", ");
  return `${words || "All is right"}, of ${plural(findings.length, "finding")} at ${clock(at)}.`;
}

function Findings({ section: { state, title, hint }, report }: { section: Section; report: DoctorReport }) {
  const findings = inState(report.findings, state);
  if (findings.length === 0) return null;
  return (
    <section aria-labelledby={`doctor-${state}`} className="grid gap-2">
      <h2 id={`doctor-${state}`} className={`text-base font-semibold ${INK[state]}`}>
        {title} <span className="font-normal text-soft">{hint}</span>
      </h2>
      <ul className={state === "ok" ? "divide-y divide-line rounded-xl border border-line bg-panel" : "grid gap-2"}>
        {findings.map((each) => (
          <Finding key={`${each.code} ${each.subject} ${each.sentence}`} finding={each} />
        ))}
      </ul>
    </section>
  );
}

const BOX = { ok: "", warn: "rounded-xl border border-warm bg-panel", wrong: "rounded-xl border border-bad bg-panel" };

function Finding({ finding: { state, code, subject, sentence } }: { finding: DoctorFinding }) {
  return (
    <li className={`flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5 text-sm ${BOX[state]}`}>
      <p className="min-w-0 flex-[1_1_20rem] break-words">
        {subject && <span className="font-semibold">{subject}: </span>}
        <span className={state === "ok" ? "text-soft" : ""}>{subject ? sentence : capitalised(sentence)}</span>
      </p>
      <code className="text-xs text-soft">{code}</code>
    </li>
  );
}

function useReport() {
  const [report, setReport] = useState<DoctorReport | null>(null);
  const [problem, setProblem] = useState("");
  const [looking, setLooking] = useState(true);
  const look = useCallback(() => {
    setLooking(true);
    get<DoctorReport>("/api/doctor")
      .then(
        (found) => {
          setReport(found);
          setProblem("");
        },
        (error: Error) => setProblem(error.message),
      )
      .finally(() => setLooking(false));
  }, []);
  useEffect(look, [look]);
  return { report, problem, looking, look };
}
