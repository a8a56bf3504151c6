/** The state of a job after one of its events: pure. A terminal status is final. */
import type { JobEvent, JobEventOf } from "@/api/jobEvents";
import { isOver, type Job, type JobTask } from "@/api/types";

export interface FollowedJob {
  job: Job;
  /** Progress of each running picture, 0 to 1. */
  parts: Readonly<Record<string, number>>;
  /** Of the running pictures; null: unknown. */
  eta: number | null;
}

export const followed = (job: Job): FollowedJob => ({ job, parts: {}, eta: null });

export function applyJobEvent(state: FollowedJob, event: JobEvent): FollowedJob {
  switch (event.type) {
    case "job":
      return isOver(state.job.status) ? state : { ...state, job: afterStep(state.job, event) };
    case "task":
      return withTask(state, event.task_id, (task) => afterTaskStep(task, event));
    case "progress":
      return afterProgress(state, event);
  }
}

function afterStep(job: Job, { status, at, error, result }: JobEventOf<"job">): Job {
  return {
    ...job,
    status,
    started_at: status === "running" ? at : job.started_at,
    completed_at: isOver(status) ? at : job.completed_at,
    error: error ?? job.error,
    result: result ?? job.result,
  };
}

function afterTaskStep(task: JobTask, event: JobEventOf<"task">): JobTask {
  if (isOver(task.status)) return task;
  const { status, at, images } = event;
  const started = status === "running" ? at : task.started_at;
  const ended = isOver(status) ? at : null;
  return {
    ...task,
    status,
    batch_id: event.batch_id ?? task.batch_id,
    error_message: event.error_message ?? task.error_message,
    started_at: started,
    completed_at: ended,
    seconds: started && ended ? (Date.parse(ended) - Date.parse(started)) / 1000 : task.seconds,
    ...(images && { images, completed: images.length, progress: 1, nodes: nodesOf(task, images) }),
  };
}

const nodesOf = (task: JobTask, images: readonly { node_id: string | null }[]): string[] => [
  ...new Set([...task.nodes, ...images.flatMap(({ node_id: node }) => node ?? [])]),
];

function afterProgress(state: FollowedJob, event: JobEventOf<"progress">): FollowedJob {
  const { generation_id: id, node_id: node, current, total, completed, batch_total } = event;
  const task = state.job.tasks.find((each) => each.batch_id === event.batch_id);
  if (!task || isOver(task.status)) return state;
  const open = { ...state.parts, [id]: total > 0 ? current / total : 0 };
  const parts = completed > task.completed ? withoutMost(open, completed - task.completed) : open;
  const running = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const progress = Math.min(1, Math.max(task.progress, (completed + running) / batch_total));
  const nodes = [...new Set([...task.nodes, node])];
  return withTask({ ...state, parts, eta: event.eta_seconds }, task.id, (each) => ({
    ...each,
    ...{ progress, nodes, completed: Math.max(each.completed, completed), total: batch_total },
  }));
}

/** Removes the furthest ones, which are those that were stored. */
const withoutMost = (parts: FollowedJob["parts"], count: number): FollowedJob["parts"] =>
  Object.fromEntries(
    Object.entries(parts)
      .sort(([, one], [, other]) => other - one)
      .slice(count),
  );

function withTask(state: FollowedJob, id: string, change: (task: JobTask) => JobTask): FollowedJob {
  const tasks = state.job.tasks.map((task) => (task.id === id ? change(task) : task));
  const progress = tasks.reduce((sum, task) => sum + task.progress, 0) / Math.max(tasks.length, 1);
  const ended = tasks.find((task) => task.id === id && isOver(task.status));
  return { ...state, ...(ended && { parts: {}, eta: null }), job: { ...state.job, tasks, progress } };
}
