/** The hub's refusals of a job, sorted by field. */
import type { HubProblem } from "@/api/client";

export interface FormProblem {
  /** Index of the task in the job; null: about the whole job. */
  task: number | null;
  /** Name of the input; null: about the whole task. */
  field: string | null;
  message: string;
}

export function problemsOf({ problems, message }: HubProblem): FormProblem[] {
  if (!problems.length) return [{ task: null, field: null, message }];
  return problems.map(({ pointer, message: about }) => ({ ...placeOf(pointer ?? ""), message: about }));
}

/** `/payload/tasks/1/inputs/image/0` is about the field `image` of the second task. */
export function placeOf(pointer: string): Pick<FormProblem, "task" | "field"> {
  const [payload, tasks, index, inputs, field] = pointer.split("/").slice(1).map(unescaped);
  if (payload !== "payload" || tasks !== "tasks" || !/^\d+$/.test(index ?? "")) return { task: null, field: null };
  return { task: Number(index), field: inputs === "inputs" ? (field ?? null) : null };
}

const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");
