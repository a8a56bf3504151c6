/** Takes a past job, or the settings of a picture, into the form; what was there comes back by Undo. */
import { useEffect } from "react";
import { toast } from "sonner";

import { artifactUrl } from "@/actions/uploads";
import { get, HubProblem } from "@/api/client";
import type { Generation, JobList, JobRequestOut, TaskType } from "@/api/types";
import {
  draftOfJob,
  draftOfPicture,
  leftOut,
  madeBy,
  picturesOf,
  withThumbnails,
} from "@/features/workbench/draft/again";
import type { Draft } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { plural } from "@/lib/format";
import { useRecallStore } from "@/stores/recall";

const UNDO_SHOWN_MS = 12_000;
const GONE = "Gone from the hub: add it again";

export const recallJob = (jobId: string, types: readonly TaskType[]): Promise<void> =>
  told(async () => {
    const request = await get<JobRequestOut>(`/api/jobs/${encodeURIComponent(jobId)}/request`);
    const draft = draftOfJob(request, types);
    await take(draft, leftOut(request, draft), request.max_cost_usd);
  });

/** The whole job that made it; of a picture that no job made, one task with its settings. */
const recallPicture = (generation: Generation, types: readonly TaskType[]): Promise<void> =>
  told(async () => {
    const found = await get<JobList>(`/api/jobs?limit=1&session_id=${encodeURIComponent(generation.session_id)}`);
    const jobId = madeBy(found.jobs, generation);
    if (jobId) return recallJob(jobId, types);
    const draft = draftOfPicture(generation, types);
    if (!draft) throw new Error(`No task type has the workflow ${generation.workflow} any more.`);
    return take(draft, [], 0);
  });

/** Takes the picture that another page asked for, once the task types are known. */
export function useRecall(types: readonly TaskType[]): void {
  const wanted = useRecallStore((store) => store.wanted);
  useEffect(() => {
    if (!wanted || !types.length) return;
    useRecallStore.setState({ wanted: null });
    void recallPicture(wanted, types);
  }, [wanted, types]);
}

async function take(draft: Draft, unshown: readonly string[], maxCost: number): Promise<void> {
  const used = picturesOf(draft);
  const small = await Promise.all(used.map(async ({ reference }) => [reference, await addressOf(reference)] as const));
  const known = new Map(small.flatMap(([reference, url]) => (url ? [[reference, url] as const] : [])));
  const gone = used.filter((_, index) => small[index]?.[1] === null);
  const before = useDraftStore.getState();
  before.replace(withThumbnails(draft, known), 0);
  before.setMaxCost(maxCost);
  before.refuse(gone.map(({ task, field }) => ({ task, field, message: GONE })));
  useDraftStore.setState({ arrivals: before.arrivals + 1 });
  const missing = gone.length ? `${plural(gone.length, "picture")} of it ${gone.length > 1 ? "are" : "is"} gone. ` : "";
  const rest = unshown.length ? `The form has no field for ${[...new Set(unshown)].join(", ")}.` : "";
  toast(draft.length > 1 ? `${draft.length} tasks are in the form` : "The task is in the form", {
    description: missing + rest || undefined,
    duration: UNDO_SHOWN_MS,
    action: {
      label: "Undo",
      onClick: () => {
        before.replace(before.draft, before.shown);
        before.setMaxCost(before.maxCost);
      },
    },
  });
}

/** Of a small picture, empty where its tile finds it itself; null: the hub does not have it any more. */
async function addressOf(reference: string): Promise<string | null> {
  const [kind, id = ""] = reference.slice(1).split(":");
  if (kind === "artifact") {
    const url = await artifactUrl(id);
    if (url) URL.revokeObjectURL(url);
    return url && "";
  }
  try {
    return (await get<Generation>(`/api/generations/${encodeURIComponent(id)}`)).thumbnail_url;
  } catch (error) {
    if (error instanceof HubProblem && error.status === 404) return null;
    throw error;
  }
}

async function told(taking: () => Promise<void>): Promise<void> {
  await taking().catch((error: unknown) => toast.error(error instanceof Error ? error.message : String(error)));
}
