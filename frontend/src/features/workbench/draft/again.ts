/** A past job, or a picture, as a draft: pure. */
import { drawnSize } from "@/actions/drawnAs";
import type { Generation, Job, JobRequestOut, TaskType } from "@/api/types";
import {
  taskId,
  taskOf,
  withInput,
  type Draft,
  type InputValue,
  type PictureInput,
  type TaskDraft,
} from "@/features/workbench/draft/draft";
import type { FormField } from "@/features/workbench/draft/formSchema";
import { fieldsFor, firstPictureField, forWords } from "@/features/workbench/draft/taskTypes";

const OUTPUT = /^@([\w-]+)(\.\w+(?:\[\d+\])?)$/;

/** Its tasks with all inputs that a form shows; references name tasks by their place. */
export function draftOfJob({ payload: { tasks } }: JobRequestOut, types: readonly TaskType[]): Draft {
  const places = new Map(tasks.map(({ id }, index) => [id, taskId(index)]));
  const renamed = (text: string): string =>
    text.replace(OUTPUT, (whole, id: string, rest: string) => (places.has(id) ? `@${places.get(id)}${rest}` : whole));
  return tasks.map(({ type, inputs }) => {
    const known = types.find((each) => each.type === type);
    return filled(taskOf(type), known ? fieldsFor(known) : [], inputs, renamed);
  });
}

/** One task that would draw the picture again; null: no task type has its workflow. */
export function draftOfPicture(generation: Generation, types: readonly TaskType[]): Draft | null {
  const having = types.filter(({ workflows }) => workflows.includes(generation.workflow));
  const type = having.find(({ families }) => families.includes(generation.model_family)) ?? having[0];
  if (!type) return null;
  const { prompt, negative_prompt, seed, steps, cfg_scale, denoise_strength } = generation;
  const { checkpoint, loras, parent_id: parent } = generation;
  const picture = firstPictureField(type)?.name ?? "image";
  const inputs = {
    ...{ prompt, negative_prompt, seed, steps, cfg_scale, denoise_strength, checkpoint, loras },
    ...drawnSize(generation),
    ...(parent && { [picture]: `@generation:${parent}` }),
    ...chosenOf(generation),
  };
  return [filled(taskOf(type.type), fieldsFor(type), inputs, (text) => text)];
}

/** One task with the settings that a file tells; null: no task type draws from words alone. */
export function draftOfRecipe(
  settings: Readonly<Record<string, unknown>>,
  types: readonly TaskType[],
  shown: string | undefined,
): Draft | null {
  const type = forWords(types, settings["model_family"], shown);
  return type ? [filled(taskOf(type.type), fieldsFor(type), settings, (text) => text)] : null;
}

const REGION = /^region_(x|y|width|height)$/;

/** Without where its painted part lies: the hub finds that anew, of a mask that may be another one by then. */
const chosenOf = ({ parameters }: Generation): Generation["parameters"] =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => !REGION.test(name)));

/** Names of inputs that no form field shows, by task. */
export const leftOut = ({ payload: { tasks } }: JobRequestOut, draft: Draft): string[] =>
  tasks.flatMap(({ inputs }, index) =>
    Object.keys(inputs).filter((name) => inputs[name] !== null && !(name in (draft[index]?.inputs ?? {}))),
  );

export interface UsedPicture extends PictureInput {
  task: number;
  field: string;
}

/** Pictures that lie in the hub, with their places. */
export const picturesOf = (draft: Draft): UsedPicture[] =>
  draft.flatMap(({ inputs }, task) =>
    Object.entries(inputs).flatMap(([field, value]) =>
      Array.isArray(value)
        ? value.flatMap((each) =>
            "reference" in each && STORED.test(each.reference) ? [{ ...(each as PictureInput), task, field }] : [],
          )
        : [],
    ),
  );

const STORED = /^@(artifact|generation):/;

/** With small pictures where they are known, by reference. */
export const withThumbnails = (draft: Draft, known: ReadonlyMap<string, string>): Draft =>
  draft.map((task) => ({
    ...task,
    inputs: Object.fromEntries(Object.entries(task.inputs).map(([name, value]) => [name, shown(value, known)])),
  }));

function shown(value: InputValue, known: ReadonlyMap<string, string>): InputValue {
  if (!Array.isArray(value) || !value.every((each) => "reference" in each)) return value;
  return (value as PictureInput[]).map((each) => ({ ...each, thumbnail: known.get(each.reference) ?? null }));
}

function filled(
  task: TaskDraft,
  fields: readonly FormField[],
  inputs: Readonly<Record<string, unknown>>,
  renamed: (text: string) => string,
): TaskDraft {
  return fields.reduce((now, { name, kind }) => {
    const value = inputs[name];
    if (kind === "picture") return withInput(now, name, picturesFrom(value, renamed));
    if (kind === "loras") return withInput(now, name, Array.isArray(value) ? (value as InputValue) : undefined);
    if (kind === "seed" && value === "random") return now;
    if (typeof value === "string") return withInput(now, name, renamed(value));
    return typeof value === "number" || typeof value === "boolean" ? withInput(now, name, value) : now;
  }, task);
}

const picturesFrom = (value: unknown, renamed: (text: string) => string): PictureInput[] =>
  (Array.isArray(value) ? value : [value])
    .filter((each): each is string => typeof each === "string")
    .map((each) => {
      const reference = renamed(each.startsWith("@") ? each : `@${each}`);
      return { reference, thumbnail: null, label: reference.slice(1) };
    });

/** The job that made a picture, in the hub's answer to the question for the jobs of its session. */
export const madeBy = (jobs: readonly Pick<Job, "job_id" | "session_id">[], { session_id }: Generation) =>
  jobs.find((each) => each.session_id === session_id)?.job_id ?? null;
