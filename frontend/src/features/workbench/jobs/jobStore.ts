/** The recent jobs of all clients, newest first. */
import { create } from "zustand";

import { get as fetchJson, HubProblem, request } from "@/api/client";
import type { JobEvent } from "@/api/jobEvents";
import { isOver, type Job, type JobList } from "@/api/types";
import { applyJobEvent, followed, type FollowedJob } from "@/features/workbench/jobs/applyJobEvent";

const PAGE = 10;

interface JobStore {
  /** Null: never answered. */
  ids: readonly string[] | null;
  total: number;
  limit: number;
  jobs: Readonly<Record<string, FollowedJob>>;
  problem: HubProblem | null;
  refresh: () => Promise<void>;
  showMore: () => void;
  load: (jobId: string) => Promise<void>;
  receive: (jobId: string, event: JobEvent) => void;
  gone: (jobId: string) => void;
  /** Throws HubProblem. */
  cancel: (jobId: string) => Promise<void>;
}

export const useJobStore = create<JobStore>()((set, get) => ({
  ids: null,
  total: 0,
  limit: PAGE,
  jobs: {},
  problem: null,
  refresh: async () => {
    try {
      const { jobs, total } = await fetchJson<JobList>(`/api/jobs?limit=${get().limit}`);
      set({ ids: jobs.map(({ job_id: id }) => id), total, problem: null });
      const stale = jobs.filter(({ job_id: id, status }) => {
        const known = get().jobs[id]?.job;
        return !known || !isOver(known.status) || known.status !== status;
      });
      await Promise.all(stale.map(({ job_id: id }) => get().load(id)));
    } catch (error) {
      if (error instanceof HubProblem) set({ problem: error });
    }
  },
  showMore: () => {
    set(({ limit }) => ({ limit: limit + PAGE }));
    void get().refresh();
  },
  load: async (jobId) => {
    const job = await fetchJson<Job>(`/api/jobs/${encodeURIComponent(jobId)}`).catch(() => null);
    if (job) set(({ jobs }) => ({ jobs: { ...jobs, [jobId]: newer(jobs[jobId], job) } }));
  },
  receive: (jobId, event) => {
    const before = get().jobs[jobId];
    if (!before) return;
    const after = applyJobEvent(before, event);
    set(({ jobs }) => ({ jobs: { ...jobs, [jobId]: after } }));
    // asks the hub for sizes, times and pictures, which events lack
    if (isOver(after.job.status) || pictures(after.job) > pictures(before.job)) void get().load(jobId);
  },
  gone: (jobId) => set(({ ids }) => ({ ids: ids?.filter((each) => each !== jobId) ?? null })),
  cancel: async (jobId) => {
    const job = await request<Job>("DELETE", `/api/jobs/${encodeURIComponent(jobId)}`);
    set(({ jobs }) => ({ jobs: { ...jobs, [jobId]: newer(jobs[jobId], job) } }));
  },
}));

/** An answer that was requested before an event is older than the event. */
function newer(before: FollowedJob | undefined, job: Job): FollowedJob {
  if (before && isOver(before.job.status) && !isOver(job.status)) return before;
  return { ...followed(job), eta: isOver(job.status) ? null : (before?.eta ?? null) };
}

const pictures = (job: Job): number => job.tasks.reduce((sum, { completed }) => sum + completed, 0);
