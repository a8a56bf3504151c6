import { useState } from "react";
import { toast } from "sonner";

import { isOver, type Job, type JobStatus, type JobTask, type TaskType } from "@/api/types";
import { Button } from "@/components/Button";
import type { FollowedJob } from "@/features/workbench/jobs/applyJobEvent";
import { useJobStore } from "@/features/workbench/jobs/jobStore";
import { recallJob } from "@/features/workbench/recalling";
import { ResultPicture } from "@/features/workbench/jobs/ResultPicture";
import { clock, moment, plural, seconds } from "@/lib/format";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

interface Props {
  followed: FollowedJob;
  types: readonly TaskType[];
  /** Show one of the job's pictures. */
  onOpen: (sessionId: string, generationId: string) => void;
}

const TONES: Readonly<Record<JobStatus, string>> = {
  queued: "text-soft",
  running: "text-accent",
  complete: "text-good",
  failed: "text-bad",
  cancelled: "text-soft",
};

/** One job: the progress of its tasks, and its pictures. */
export function JobCard({ followed: { job, eta }, types, onOpen }: Props) {
  const nodesOf = useNodeNames();
  return (
    <li
      data-job={job.job_id}
      data-status={job.status}
      className="grid gap-3 rounded-2xl border border-line bg-panel p-4"
    >
      <header className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="text-sm font-medium">{job.tasks.map(({ type }) => type).join(" → ")}</h3>
          <p className="text-xs text-soft">
            <span className={TONES[job.status]}>{job.status}</span> ·{" "}
            <time dateTime={job.created_at} title={moment(job.created_at)}>
              {clock(job.created_at)}
            </time>
            {job.tasks.length === 1 && job.tasks[0]?.nodes.length ? ` · ${nodesOf(job.tasks[0])}` : ""}
            {took(job)}
            {!isOver(job.status) && eta !== null && ` · about ${seconds(eta)} left`}
          </p>
        </div>
        <div className="flex shrink-0">
          <Button
            look="quiet"
            title="Its tasks with all their inputs go into the form"
            aria-label="Load this job into the form"
            onClick={() => void recallJob(job.job_id, types)}
          >
            Load
          </Button>
          {!isOver(job.status) && <Cancel job={job} />}
        </div>
      </header>
      {job.error && !job.tasks.some(({ error_message: told }) => told) && (
        <p className="text-sm text-bad">{job.error.message}</p>
      )}
      <ol className="grid gap-3">
        {job.tasks.map((task) => (
          <Task
            key={task.id}
            task={task}
            alone={job.tasks.length === 1}
            types={types}
            onOpen={(id) => onOpen(job.session_id, id)}
          />
        ))}
      </ol>
    </li>
  );
}

function took({ started_at: from, completed_at: to }: Job): string {
  return from && to ? ` · ${seconds((Date.parse(to) - Date.parse(from)) / 1000)}` : "";
}

function Cancel({ job }: { job: Job }) {
  const [busy, setBusy] = useState(false);
  const cancel = async () => {
    setBusy(true);
    await useJobStore
      .getState()
      .cancel(job.job_id)
      .catch((error: Error) => toast.error(error.message));
    setBusy(false);
  };
  return (
    <Button look="quiet" disabled={busy} aria-label="Cancel this job" onClick={() => void cancel()}>
      Cancel
    </Button>
  );
}

function useNodeNames(): (task: JobTask) => string {
  const gpus = useGpuStore((store) => store.gpus);
  return ({ nodes }) => nodes.map((each) => nameOf(gpus, each)).join(", ");
}

interface TaskProps {
  task: JobTask;
  /** Whether it is the job's only task. */
  alone: boolean;
  types: readonly TaskType[];
  onOpen: (generationId: string) => void;
}

function Task({ task, alone, types, onOpen }: TaskProps) {
  const nodes = useNodeNames()(task);
  const facts = [task.status, nodes, task.seconds !== null && seconds(task.seconds)].filter(Boolean).join(" · ");
  return (
    <li data-task={task.id} data-status={task.status} className="grid gap-1.5">
      {!alone && (
        <p className="text-xs text-soft">
          <span className="text-text">{`${task.id} ${task.type}`}</span> · {facts}
        </p>
      )}
      {task.status === "running" && <Progress task={task} />}
      {task.error_message && <p className="text-sm text-bad">{task.error_message}</p>}
      <Results task={task} types={types} onOpen={onOpen} />
    </li>
  );
}

function Progress({ task: { id, progress, completed, total } }: { task: JobTask }) {
  const percent = Math.round(100 * progress);
  return (
    <div className="flex items-center gap-2">
      <div
        role="progressbar"
        aria-label={`Progress of ${id}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="h-1.5 grow overflow-hidden rounded-full bg-raised"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </div>
      <span className="shrink-0 text-xs tabular-nums text-soft">
        {total !== null && total > 1 ? `${completed} of ${total}` : `${percent} %`}
      </span>
    </div>
  );
}

const FIRST_SHOWN = 6;

function Results({ task, types, onOpen }: Omit<TaskProps, "alone">) {
  const [all, setAll] = useState(false);
  const { images } = task;
  if (!images.length) return null;
  const shown = all ? images : images.slice(0, FIRST_SHOWN);
  return (
    <>
      <ul aria-label={`Pictures of ${task.id}`} className="grid grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] gap-2">
        {shown.map((picture, index) => (
          <ResultPicture
            key={picture.generation_id}
            picture={picture}
            label={`picture ${index + 1} of ${task.type}`}
            types={types}
            onOpen={() => onOpen(picture.generation_id)}
          />
        ))}
      </ul>
      {images.length > shown.length && (
        <Button look="quiet" onClick={() => setAll(true)}>
          Show all {plural(images.length, "picture")}
        </Button>
      )}
    </>
  );
}
