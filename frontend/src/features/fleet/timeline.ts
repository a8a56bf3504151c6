/** Places the attempts of a batch on a time axis. */
import type { Timeline } from "@/api/types";

export type Attempt = Timeline["attempts"][number];
export type Outcome = "won" | "open" | "lost" | "errored" | "superseded";

export interface Bar {
  attempt: Attempt;
  outcome: Outcome;
  /** Seconds since the axis begins. */
  from: number;
  to: number;
  /** A node may get its next prompt before it has finished the last: overlapping attempts are drawn below each other.
   * */
  lane: number;
}

export interface Row {
  gpuId: string;
  lanes: number;
  bars: Bar[];
}

export interface Axis {
  seconds: number;
  ticks: number[];
}

const OUTCOMES: Partial<Record<Attempt["state"], Outcome>> = {
  won: "won",
  lost: "lost",
  errored: "errored",
  superseded: "superseded",
  withdrawn: "superseded",
  cancelled: "superseded",
};

/** Outcomes in words for people. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  won: "delivered",
  open: "open",
  lost: "lost",
  errored: "errored",
  superseded: "superseded or taken back",
};

export const outcomeOf = (attempt: Attempt): Outcome => OUTCOMES[attempt.state] ?? "open";

/** A row per node, in the fleet's order; nodes that have left the fleet come last. */
export function rowsOf(
  attempts: readonly Attempt[],
  fleet: readonly string[],
  now: number,
): { rows: Row[]; axis: Axis } {
  const start = Math.min(...attempts.map((each) => Date.parse(each.created_at)));
  const latest = Math.max(now, ...attempts.map((each) => Date.parse(each.finished_at ?? each.created_at)));
  const nodes = new Set(attempts.map((each) => each.gpu_id));
  const order = [...new Set([...fleet, ...nodes])].filter((gpuId) => nodes.has(gpuId));
  const rows = order.map((gpuId) =>
    rowOf(
      gpuId,
      attempts.filter((each) => each.gpu_id === gpuId),
      start,
      latest,
    ),
  );
  return { rows, axis: axisOf(Math.max(0, ...rows.flatMap((row) => row.bars.map((bar) => bar.to)))) };
}

function rowOf(gpuId: string, attempts: readonly Attempt[], start: number, latest: number): Row {
  const busyUntil: number[] = [];
  const bars = attempts.map((attempt): Bar => {
    const from = (Date.parse(attempt.created_at) - start) / 1000;
    const to = Math.max(from, (attempt.finished_at ? Date.parse(attempt.finished_at) - start : latest - start) / 1000);
    const free = busyUntil.findIndex((until) => until <= from);
    const lane = free === -1 ? busyUntil.length : free;
    busyUntil[lane] = to;
    return { attempt, outcome: outcomeOf(attempt), from, to, lane };
  });
  return { gpuId, lanes: busyUntil.length, bars };
}

const MOST_TICKS = 6;

/** Ticks at 1, 2 or 5 times a power of ten. */
export function axisOf(length: number): Axis {
  const seconds = Math.max(length, 0.1);
  const power = 10 ** Math.floor(Math.log10(seconds / MOST_TICKS));
  const step = power * ([1, 2, 5, 10].find((times) => seconds / (power * times) <= MOST_TICKS) ?? 10);
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
  return { seconds, ticks };
}
