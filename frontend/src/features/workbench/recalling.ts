/** Takes a past job, or the settings of a picture, into the form; what was there comes back by Undo. */
import { useEffect } from "react";
import { toast } from "sonner";

import { artifactUrl } from "@/actions/uploads";
import { get, HubProblem } from "@/api/client";
import type { Generation, JobList, JobRequestOut, TaskType } from "@/api/types";
import {
  draftOfJob,
  draftOfPicture,
  draftOfRecipe,
  leftOut,
  madeBy,
  picturesOf,
  withThumbnails,
} from "@/features/workbench/draft/again";
import { taskOf, type Draft } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { fieldForMore, takeArrival } from "@/features/workbench/draft/intake";
import { offerBack } from "@/features/workbench/draft/offerBack";
import { forPicture, titleOf, typeOf } from "@/features/workbench/draft/taskTypes";
import { arrivedInput } from "@/features/workbench/draft/uploads";
import { plural } from "@/lib/format";
import { useRecallStore } from "@/stores/recall";

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

/** One task with the settings that a file tells; of the shown type where it is one for words alone. */
const recallRecipe = (settings: Readonly<Record<string, unknown>>, types: readonly TaskType[]): Promise<void> =>
  told(async () => {
    const { draft: now, shown } = useDraftStore.getState();
    const draft = draftOfRecipe(settings, types, now[shown]?.type);
    if (!draft) throw new Error("No task type draws from words alone.");
    const taken = draft[0]?.inputs ?? {};
    const rest = Object.keys(settings).filter((name) => !(name in taken) && name !== "model_family");
    return take(draft, rest, 0);
  });

/** Into the field that waits for a picture; of a type without one, in the form of another type. */
const recallStart = (file: File, types: readonly TaskType[]): Promise<void> =>
  told(async () => {
    const { draft, shown, startFrom, replace } = useDraftStore.getState();
    const field = fieldForMore(
      draft,
      shown,
      types.find(({ type }) => type === draft[shown]?.type),
    );
    if (field) return takeArrival(shown, field, { kind: "files", files: [file] });
    const type = forPicture(types, draft[shown]?.type);
    if (!type) throw new Error("No task type starts from a picture.");
    const picture = await arrivedInput({ kind: "files", files: [file] });
    if (useDraftStore.getState().draft !== draft)
      throw new Error("The form was changed meanwhile: open the picture again.");
    startFrom(type, picture);
    offerBack(`The form is now ${titleOf(type)}, which starts from the picture`, () => replace(draft, shown));
  });

/** An empty task of the type that has this workflow. */
const recallWorkflow = (workflow: string, types: readonly TaskType[]): Promise<void> =>
  told(async () => {
    const type = typeOf(types, workflow);
    if (!type) throw new Error(`No task type has the workflow ${workflow}.`);
    await take([taskOf(type.type)], [], 0);
  });

/** Takes what another page asked for, once the task types are known. */
export function useRecall(types: readonly TaskType[]): void {
  const { wanted, recipe, start, workflow } = useRecallStore();
  useEffect(() => {
    if (!types.length || !(wanted ?? recipe ?? start ?? workflow)) return;
    useRecallStore.setState({ wanted: null, recipe: null, start: null, workflow: null });
    if (wanted) void recallPicture(wanted, types);
    else if (recipe) void recallRecipe(recipe, types);
    else if (start) void recallStart(start, types);
    else if (workflow) void recallWorkflow(workflow, types);
  }, [wanted, recipe, start, workflow, types]);
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
  const back = () => {
    before.replace(before.draft, before.shown);
    before.setMaxCost(before.maxCost);
  };
  const notice = draft.length > 1 ? `${draft.length} tasks are in the form` : "The task is in the form";
  offerBack(notice, back, missing + rest || undefined);
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
