/** Submits the draft as a job. */
import { toast } from "sonner";
import { create } from "zustand";

import { HubProblem, postOnce } from "@/api/client";
import type { JobAccepted, TaskType } from "@/api/types";
import { isPictures, jobOf, type Draft, type JobRequest } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { useJobStore } from "@/features/workbench/jobs/jobStore";
import { problemsOf } from "@/features/workbench/draft/problems";
import { fieldsFor } from "@/features/workbench/draft/taskTypes";
import { sentAgain } from "@/features/workbench/draft/uploads";

/** One submission at a time, by button or key. */
export const useSending = create<{ sending: boolean }>()(() => ({ sending: false }));

export function requestOf(draft: Draft, types: readonly TaskType[], maxCost: number): JobRequest {
  const byName = new Map(types.map((each) => [each.type, each]));
  const fieldsOf = (name: string) => {
    const type = byName.get(name);
    return type ? fieldsFor(type) : null;
  };
  return jobOf(draft, fieldsOf, maxCost);
}

export async function submitDraft(types: readonly TaskType[]): Promise<void> {
  if (useSending.getState().sending) return;
  const { draft, maxCost } = useDraftStore.getState();
  useSending.setState({ sending: true });
  useDraftStore.getState().refuse([]);
  try {
    const { job_id: id } = await sent(draft, (each) => requestOf(each, types, maxCost));
    toast(draft.length > 1 ? `${draft.length} tasks are submitted as one job` : "The job is submitted", {
      id,
      action: { label: "Show", onClick: () => showJob(id) },
    });
    await useJobStore.getState().refresh();
  } catch (error) {
    if (error instanceof HubProblem) refuse(error);
    else toast.error(String(error));
  } finally {
    useSending.setState({ sending: false });
  }
}

/** Scrolls to the job, which is far below the form on a narrow page. */
function showJob(id: string): void {
  document.querySelector(`[data-job="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
}

/** The hub deletes uploads with the last job that used them: missing ones are uploaded again, once. */
async function sent(draft: Draft, jobOf: (draft: Draft) => JobRequest): Promise<JobAccepted> {
  try {
    return await postOnce<JobAccepted>("/api/jobs", jobOf(draft));
  } catch (error) {
    if (!(error instanceof HubProblem) || error.code !== "invalid_job") throw error;
    const missed = problemsOf(error).flatMap(({ task, field }) => {
      const value = draft[task ?? -1]?.inputs[field ?? ""];
      return isPictures(value) ? value.map(({ reference }) => reference) : [];
    });
    const renewed = await sentAgain(draft, missed).catch(() => null);
    if (!renewed) throw error;
    const { draft: now, shown, replace } = useDraftStore.getState();
    if (now === draft) replace(renewed, shown);
    return postOnce<JobAccepted>("/api/jobs", jobOf(renewed));
  }
}

/** Shows each refusal at its field, and the task of the first one. */
function refuse(error: HubProblem): void {
  const problems = problemsOf(error);
  const { refuse: tell, show, shown } = useDraftStore.getState();
  tell(problems);
  const tasks = problems.flatMap(({ task }) => task ?? []);
  if (tasks.length && !tasks.includes(shown)) show(Math.min(...tasks));
}
