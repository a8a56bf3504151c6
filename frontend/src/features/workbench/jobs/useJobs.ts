import { useEffect } from "react";

import { isOver } from "@/api/types";
import { follow } from "@/features/workbench/jobs/following";
import { useJobStore } from "@/features/workbench/jobs/jobStore";
import { POLL_MS } from "@/stores/gpuStore";

/** A browser opens six connections to a hub; images and requests need some of them. */
const MOST_STREAMS = 3;

/** Keeps the list of jobs equal to the hub's while the page is open. */
export function useRecentJobs(): void {
  useEffect(() => {
    const { refresh } = useJobStore.getState();
    void refresh();
    const timer = setInterval(() => void refresh(), POLL_MS);
    return () => clearInterval(timer);
  }, []);
  const open = useJobStore(({ ids, jobs }) => {
    const waiting = (ids ?? []).filter((id) => jobs[id] && !isOver(jobs[id].job.status));
    const running = (id: string) => Number(jobs[id]?.job.status === "running");
    return waiting
      .toSorted((one, other) => running(other) - running(one))
      .slice(0, MOST_STREAMS)
      .sort()
      .join(" ");
  });
  useFollowed(open);
}

/** One stream for each open job; streams stay open while others come and go. */
function useFollowed(open: string): void {
  useEffect(() => {
    for (const id of open.split(" ").filter(Boolean)) {
      if (lines.has(id)) continue;
      const { receive, load, gone } = useJobStore.getState();
      const end = follow(id, {
        event: (event) => receive(id, event),
        malformed: () => void load(id),
        gone: () => gone(id),
      });
      lines.set(id, end);
    }
    for (const [id, end] of lines) if (!open.split(" ").includes(id)) close(id, end);
  }, [open]);
  useEffect(
    () => () => {
      for (const [id, end] of lines) close(id, end);
    },
    [],
  );
}

const lines = new Map<string, () => void>();

function close(id: string, end: () => void): void {
  end();
  lines.delete(id);
}
