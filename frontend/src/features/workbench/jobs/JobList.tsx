import type { TaskType } from "@/api/types";
import { Button } from "@/components/Button";
import { JobCard } from "@/features/workbench/jobs/JobCard";
import { useJobStore } from "@/features/workbench/jobs/jobStore";
import { useRecentJobs } from "@/features/workbench/jobs/useJobs";

interface Props {
  types: readonly TaskType[];
  onOpen: (sessionId: string, generationId: string) => void;
}

/** The recent jobs of all clients. */
export function JobList({ types, onOpen }: Props) {
  useRecentJobs();
  const { ids, jobs, total, problem, refresh, showMore } = useJobStore();
  return (
    <section aria-label="Recent jobs" className="grid min-w-0 content-start gap-3">
      <h2 className="text-lg font-semibold">Recent jobs</h2>
      {ids === null && !problem && (
        <div role="status" aria-label="Loading jobs" className="shimmer h-28 rounded-2xl bg-panel" />
      )}
      {ids === null && problem && (
        <div role="alert" className="grid gap-2 rounded-2xl border border-bad p-4 text-sm">
          <p>{problem.message}</p>
          <Button onClick={() => void refresh()}>Try again</Button>
        </div>
      )}
      {ids?.length === 0 && (
        <p className="rounded-2xl border border-dashed border-line p-6 text-center text-sm text-soft">
          What you run appears here, with its pictures. Each of them can be used in a next task.
        </p>
      )}
      {ids && ids.length > 0 && (
        <ul className="grid gap-3">
          {ids.map((id) => {
            const followed = jobs[id];
            return followed ? (
              <JobCard key={id} followed={followed} types={types} onOpen={onOpen} />
            ) : (
              <li key={id} className="shimmer h-28 rounded-2xl bg-panel" />
            );
          })}
        </ul>
      )}
      {ids && ids.length < total && (
        <Button className="justify-self-center" onClick={showMore}>
          Show more
        </Button>
      )}
    </section>
  );
}
