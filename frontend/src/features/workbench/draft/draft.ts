/** The job in the form: tasks with their given inputs, as values that are never changed in place. */
import type { ChosenLora } from "@/components/loras/LoraPicker";
import type { FormField } from "@/features/workbench/draft/formSchema";
import { recordOf } from "@/features/workbench/draft/formSchema";

export interface PictureInput {
  /** As in the job: `@artifact:<id>`, `@generation:<id>` or `@t1.images[0]`. */
  reference: string;
  /** Address of a small picture; null when the reference suffices. */
  thumbnail: string | null;
  label: string;
}

export type InputValue = string | number | boolean | readonly PictureInput[] | readonly ChosenLora[];
/** Only given values; others have the workflow's default. */
export type Inputs = Readonly<Record<string, InputValue>>;

export interface TaskDraft {
  type: string;
  inputs: Inputs;
  /** Inputs given for other types, restored when the person returns to them. */
  kept: Readonly<Record<string, Inputs>>;
}

/** A task's id is `t` and its place, counted from 1. */
export type Draft = readonly TaskDraft[];

export interface JobRequest {
  kind: "workflow";
  payload: { tasks: { id: string; type: string; inputs: Record<string, unknown> }[] };
  /** Most that all of its pictures may cost together; left out: nothing. */
  max_cost_usd?: number;
}

export const taskId = (index: number): string => `t${index + 1}`;

export const taskOf = (type: string, inputs: Inputs = {}): TaskDraft => ({ type, inputs, kept: {} });

const REFERENCE = /^@t(\d+)\.(\w+)(?:\[(\d+)\])?$/;

/** The task and output that a reference names; null when it is no such reference. */
export function taskOutputOf(reference: string): { task: number; output: string; index: number | null } | null {
  const found = REFERENCE.exec(reference);
  if (!found) return null;
  const [, task, output = "", index] = found;
  return { task: Number(task) - 1, output, index: index === undefined ? null : Number(index) };
}

export const resultOf = (task: number, index: number | null): PictureInput => ({
  reference: `@${taskId(task)}.images${index === null ? "" : `[${index}]`}`,
  thumbnail: null,
  label: `Result of ${taskId(task)}`,
});

export const isPictures = (value: InputValue | undefined): value is readonly PictureInput[] =>
  Array.isArray(value) && value.every((each) => "reference" in each);

export const picturesIn = (value: InputValue | undefined): readonly PictureInput[] => (isPictures(value) ? value : []);

export const lorasIn = (value: InputValue | undefined): readonly ChosenLora[] =>
  Array.isArray(value) && !isPictures(value) ? (value as readonly ChosenLora[]) : [];

/** An empty value removes the input: the default applies. */
export function withInput(task: TaskDraft, name: string, value: InputValue | undefined): TaskDraft {
  const { [name]: _, ...others } = task.inputs;
  const empty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return { ...task, inputs: empty ? others : { ...others, [name]: value } };
}

/** Prompts and pictures are carried to another type; numbers belong to their type. */
export function withType(task: TaskDraft, type: string, fields: readonly FormField[]): TaskDraft {
  if (type === task.type) return task;
  const lasting = fields.filter(({ kind }) => kind === "long" || kind === "picture").map(({ name }) => name);
  const carried = Object.entries(task.inputs).filter(([name]) => lasting.includes(name));
  return {
    type,
    inputs: { ...task.kept[type], ...Object.fromEntries(carried) },
    kept: { ...task.kept, [task.type]: task.inputs },
  };
}

/** Without the task at `index`: references to it are removed, references to later ones renumbered. */
export function withoutTask(draft: Draft, index: number): Draft {
  return draft.filter((_, place) => place !== index).map((task) => ({ ...task, inputs: moved(task.inputs, index) }));
}

function moved(inputs: Inputs, gone: number): Inputs {
  const follow = (reference: string): string | null => {
    const output = taskOutputOf(reference);
    if (!output || output.task < gone) return reference;
    return output.task === gone ? null : reference.replace(/^@t\d+/, `@${taskId(output.task - 1)}`);
  };
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]): [string, InputValue][] => {
      if (typeof value === "string") {
        const reference = follow(value);
        return reference === null ? [] : [[name, reference]];
      }
      if (!isPictures(value)) return [[name, value]];
      const kept = value.flatMap((each) => {
        const reference = follow(each.reference);
        if (reference === null) return [];
        const output = taskOutputOf(reference);
        return [output ? resultOf(output.task, output.index) : each];
      });
      return kept.length ? [[name, kept]] : [];
    }),
  );
}

/** The body of POST /api/jobs. Inputs that the type does not have are left out, since no field shows them. */
export function jobOf(
  draft: Draft,
  fieldsOfType: (type: string) => readonly FormField[] | null,
  maxCost = 0,
): JobRequest {
  const tasks = draft.map(({ type, inputs }, index) => {
    const fields = fieldsOfType(type);
    const known = Object.entries(inputs).filter(([name]) => fields?.some((each) => each.name === name) ?? true);
    const told = known.map(([name, value]) => [name, isPictures(value) ? namesOf(value) : value]);
    return { id: taskId(index), type, inputs: Object.fromEntries(told) as Record<string, unknown> };
  });
  return { kind: "workflow", payload: { tasks }, ...(maxCost && { max_cost_usd: maxCost }) };
}

const namesOf = (pictures: readonly PictureInput[]): string | string[] => {
  const names = pictures.map(({ reference }) => reference);
  return names.length === 1 ? (names[0] ?? "") : names;
};

/** A draft from what this browser stored; empty when that is none. */
export function draftOf(value: unknown): Draft {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const { type, inputs, kept } = recordOf(each);
    if (typeof type !== "string") return [];
    const others = Object.entries(recordOf(kept)).map(([name, said]) => [name, inputsOf(said)] as const);
    return [{ type, inputs: inputsOf(inputs), kept: Object.fromEntries(others) }];
  });
}

const inputsOf = (value: unknown): Inputs =>
  Object.fromEntries(
    Object.entries(recordOf(value)).filter((entry): entry is [string, InputValue] => isInput(entry[1])),
  );

const isInput = (value: unknown): boolean =>
  ["string", "number", "boolean"].includes(typeof value) || (Array.isArray(value) && value.every(isItem));

function isItem(value: unknown): boolean {
  const { reference, label, name, strength_model: strength } = recordOf(value);
  const isPicture = typeof reference === "string" && typeof label === "string";
  return isPicture || (typeof name === "string" && typeof strength === "number");
}
