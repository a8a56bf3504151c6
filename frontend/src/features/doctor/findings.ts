/** The doctor's findings, for a page and for a report in words. */
import type { DoctorFinding, DoctorReport } from "@/api/types";

type State = DoctorFinding["state"];

export interface Section {
  state: State;
  title: string;
  hint: string;
}

/** The worst first. */
export const SECTIONS: readonly Section[] = [
  { state: "wrong", title: "Wrong", hint: "until somebody mends it" },
  { state: "warn", title: "Could be better", hint: "it works meanwhile" },
  { state: "ok", title: "Right", hint: "" },
];

export const INK: Readonly<Record<State, string>> = { wrong: "text-bad", warn: "text-warm", ok: "text-good" };

export const inState = (findings: readonly DoctorFinding[], state: State): readonly DoctorFinding[] =>
  findings.filter((each) => each.state === state);

/** One line a finding, as the command line shows them. */
export const asText = ({ version, checked_at: at, findings }: DoctorReport): string =>
  [
    `Vibes ImGen ${version}, ${at}`,
    ...findings.map(
      ({ state, code, subject, sentence }) => `${state} ${code}: ${subject ? `${subject}: ` : ""}${sentence}`,
    ),
  ].join("\n");
