import { useCallback, useMemo } from "react";

import { get } from "@/api/client";
import { TERMINAL, type Batch, type Timeline } from "@/api/types";
import { plural, seconds } from "@/lib/format";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

import { AttemptTable } from "./AttemptTable";
import { OUTCOME_WORDS, outcomeOf, rowsOf, type Axis, type Bar, type Outcome, type Row } from "./timeline";
import { usePolled } from "./usePolled";

interface Answer {
  batch: Batch;
  timeline: Timeline;
  /** When the answer came; open attempts are drawn up to here. */
  at: number;
}

const isOver = ({ batch, timeline }: Answer): boolean =>
  TERMINAL.has(batch.status) && timeline.attempts.every((each) => outcomeOf(each) !== "open");

/** The attempts of a batch on each node over time. */
export function BatchTimeline({ batchId }: { batchId: string }) {
  const ask = useCallback(async (): Promise<Answer> => {
    const path = `/api/batches/${encodeURIComponent(batchId)}`;
    const [batch, timeline] = await Promise.all([get<Batch>(path), get<Timeline>(`${path}/timeline`)]);
    return { batch, timeline, at: Date.now() };
  }, [batchId]);
  const { answer, problem } = usePolled(ask, isOver);
  return (
    <section
      aria-label="Timeline of the newest batch"
      className="relative grid gap-4 rounded-2xl border border-line bg-panel p-5"
    >
      <div className="grid gap-1">
        <h2 className="text-lg font-semibold">Newest batch: who did what when</h2>
        {answer && <Summary batch={answer.batch} />}
        {problem && <p className="text-sm text-bad">{problem}</p>}
      </div>
      {answer && <Chart answer={answer} />}
    </section>
  );
}

function Summary({ batch }: { batch: Batch }) {
  const { achieved_ratio: achieved, lower_bound_seconds: bound } = batch;
  return (
    <p className="text-sm text-soft">
      {batch.completed} of {plural(batch.total, "generation")} done.{" "}
      {achieved !== null && bound !== null && (
        <span title="The best: what no order of the work could beat, with the cards as they were when it was asked for">
          Took {seconds(achieved * bound)}, {slower(achieved * bound - bound)}.
        </span>
      )}
      {achieved === null && bound !== null && `The best that these cards can do is ${seconds(bound)}.`}
    </p>
  );
}

const slower = (more: number): string =>
  more < 0.05 ? "the best that these cards can do" : `${seconds(more)} slower than the best that these cards can do`;

function Chart({ answer: { timeline, at } }: { answer: Answer }) {
  const gpus = useGpuStore((state) => state.gpus);
  const { rows, axis } = useMemo(
    () =>
      rowsOf(
        timeline.attempts,
        gpus.map((gpu) => gpu.id),
        timeline.attempts.some((each) => outcomeOf(each) === "open") ? at : 0,
      ),
    [timeline, gpus, at],
  );
  if (rows.length === 0) return <p className="text-sm text-soft">No node has begun with it yet.</p>;
  const bars = rows.flatMap((row) => row.bars);
  return (
    <div className="grid gap-4">
      <div aria-hidden className="grid gap-2">
        {rows.map((row) => (
          <NodeRow key={row.gpuId} row={row} axis={axis} name={nameOf(gpus, row.gpuId)} />
        ))}
        <AxisLine axis={axis} />
      </div>
      <Legend bars={bars} />
      <AttemptTable bars={bars} />
    </div>
  );
}

const LOOKS: Record<Outcome, string> = {
  won: "bg-good",
  open: "bg-accent",
  lost: "bg-warm",
  errored: "bg-bad",
  superseded: "bg-soft opacity-60",
};

const LANE_PX = 12;
const COLUMNS = "grid grid-cols-[5.5rem_1fr] items-center gap-3 sm:grid-cols-[9rem_1fr]";

function NodeRow({ row, axis, name }: { row: Row; axis: Axis; name: string }) {
  return (
    <div className={COLUMNS}>
      <span className="truncate text-xs" title={name}>
        {name}
      </span>
      <div className="relative overflow-hidden rounded bg-raised" style={{ height: row.lanes * LANE_PX + 4 }}>
        {row.bars.map((bar) => (
          <div
            key={bar.attempt.attempt_id}
            title={titleOf(bar)}
            data-outcome={bar.outcome}
            className={`absolute min-w-0.5 rounded-sm border-r border-panel ${LOOKS[bar.outcome]}`}
            style={{
              left: `${(bar.from / axis.seconds) * 100}%`,
              width: `${((bar.to - bar.from) / axis.seconds) * 100}%`,
              top: bar.lane * LANE_PX + 2,
              height: LANE_PX - 2,
            }}
          />
        ))}
      </div>
    </div>
  );
}

function titleOf({ attempt, from, to, outcome }: Bar): string {
  const words = `${OUTCOME_WORDS[outcome]}, ${seconds(to - from)}`;
  return attempt.error_message ? `${words}: ${attempt.error_message}` : words;
}

function AxisLine({ axis }: { axis: Axis }) {
  return (
    <div className={COLUMNS}>
      <span className="text-xs text-soft">seconds</span>
      <div className="relative h-5 border-t border-line text-xs text-soft tabular-nums">
        {axis.ticks.map((tick) => {
          const part = tick / axis.seconds;
          const shift = part === 0 ? "" : part > 0.95 ? "-translate-x-full" : "-translate-x-1/2";
          return (
            <span
              key={tick}
              className={`absolute pt-0.5 whitespace-nowrap ${shift}`}
              style={{ left: `${part * 100}%` }}
            >
              {tick}
            </span>
          );
        })}
      </div>
    </div>
  );
}

function Legend({ bars }: { bars: readonly Bar[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
      {(Object.keys(LOOKS) as Outcome[]).map((outcome) => {
        const count = bars.filter((bar) => bar.outcome === outcome).length;
        return count === 0 ? null : (
          <li key={outcome} className="flex items-center gap-1.5">
            <span aria-hidden className={`size-2.5 rounded-sm ${LOOKS[outcome]}`} />
            {count} {OUTCOME_WORDS[outcome]}
          </li>
        );
      })}
    </ul>
  );
}
