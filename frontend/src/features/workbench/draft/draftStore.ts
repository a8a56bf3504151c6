/** The job in the form, kept by this browser over a reload. */
import { create } from "zustand";

import {
  draftOf,
  resultOf,
  taskOf,
  withInput,
  withoutTask,
  withType,
  type Draft,
  type InputValue,
  type PictureInput,
} from "@/features/workbench/draft/draft";
import { recordOf } from "@/features/workbench/draft/formSchema";
import type { FormProblem } from "@/features/workbench/draft/problems";
import { fieldsFor, firstPictureField } from "@/features/workbench/draft/taskTypes";
import type { TaskType } from "@/api/types";
import { keptAmount } from "@/lib/money";

const KEPT = "vibes-workbench";

interface DraftStore {
  draft: Draft;
  /** The task whose form is shown. */
  shown: number;
  /** Most that the job may cost, in dollars. */
  maxCost: number;
  /** The hub's refusals of the draft as it was submitted. */
  problems: readonly FormProblem[];
  /** Counts newly shown forms, to which the page scrolls. */
  arrivals: number;
  show: (index: number) => void;
  setMaxCost: (maxCost: number) => void;
  setInput: (index: number, name: string, value: InputValue | undefined) => void;
  /** Checks the draft again, which may have changed during an upload. */
  addPictures: (index: number, name: string, pictures: readonly PictureInput[]) => void;
  setType: (index: number, type: TaskType) => void;
  /** One more task, which starts from the result of the last one. */
  addTask: (type: TaskType) => void;
  removeTask: (index: number) => void;
  /** A job of one task that starts from this picture; earlier inputs of that type are kept. */
  startFrom: (type: TaskType, picture: PictureInput) => void;
  replace: (draft: Draft, shown: number) => void;
  refuse: (problems: readonly FormProblem[]) => void;
}

export const useDraftStore = create<DraftStore>()((set, get) => ({
  ...kept(),
  problems: [],
  arrivals: 0,
  show: (shown) => set({ shown }),
  setMaxCost: (maxCost) => set({ maxCost }),
  setInput: (index, name, value) =>
    set(({ draft, problems }) => ({
      draft: draft.map((task, place) => (place === index ? withInput(task, name, value) : task)),
      problems: problems.filter((each) => each.task !== index || each.field !== name),
    })),
  addPictures: (index, name, pictures) => {
    const { draft, setInput } = get();
    const before = draft[index]?.inputs[name];
    setInput(index, name, [...(Array.isArray(before) ? (before as PictureInput[]) : []), ...pictures]);
  },
  setType: (index, type) =>
    set(({ draft, problems }) => ({
      draft: draft.length
        ? draft.map((task, place) => (place === index ? withType(task, type.type, fieldsFor(type)) : task))
        : [taskOf(type.type)],
      problems: problems.filter((each) => each.task !== index),
    })),
  addTask: (type) =>
    set(({ draft, arrivals }) => {
      const last = draft.length - 1;
      const count = draft[last]?.inputs["count"];
      const several = typeof count === "number" && count > 1;
      const field = firstPictureField(type);
      const inputs = field ? { [field.name]: [resultOf(last, several ? null : 0)] } : {};
      const prompts = carriedPrompts(draft, type);
      return {
        draft: [...draft, taskOf(type.type, { ...prompts, ...inputs })],
        shown: draft.length,
        problems: [],
        arrivals: arrivals + 1,
      };
    }),
  removeTask: (index) =>
    set(({ draft, shown }) => ({
      draft: withoutTask(draft, index),
      shown: Math.max(0, Math.min(index <= shown ? shown - 1 : shown, draft.length - 2)),
      problems: [],
    })),
  startFrom: (type, picture) =>
    set(({ draft, shown, arrivals }) => {
      const from = draft[shown] ?? draft[0];
      const task = from ? withType(from, type.type, fieldsFor(type)) : taskOf(type.type);
      const field = firstPictureField(type);
      const single = withoutReferences(task.inputs);
      return {
        draft: [withInput({ ...task, inputs: single }, field?.name ?? "image", [picture])],
        shown: 0,
        problems: [],
        arrivals: arrivals + 1,
      };
    }),
  replace: (draft, shown) => set({ draft, shown, problems: [] }),
  refuse: (problems) => set({ problems }),
}));

/** The prompts of earlier tasks, as the default of a new one. */
function carriedPrompts(draft: Draft, type: TaskType): Record<string, InputValue> {
  const names = fieldsFor(type)
    .filter(({ kind }) => kind === "long")
    .map(({ name }) => name);
  const told = draft.findLast(({ inputs }) => names.some((name) => name in inputs))?.inputs ?? {};
  return Object.fromEntries(Object.entries(told).filter(([name]) => names.includes(name)));
}

/** Inputs without references to other tasks, for a task that stands alone. */
const withoutReferences = (inputs: Draft[number]["inputs"]) =>
  withoutTask([taskOf("", {}), taskOf("", inputs)], 0)[0]?.inputs ?? {};

function kept(): Pick<DraftStore, "draft" | "shown" | "maxCost"> {
  try {
    const { draft, shown, maxCost } = recordOf(JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
    const tasks = draftOf(draft);
    const index = typeof shown === "number" ? shown : 0;
    return { draft: tasks, shown: tasks[index] ? index : 0, maxCost: keptAmount(maxCost) };
  } catch {
    return { draft: [], shown: 0, maxCost: 0 };
  }
}

/** Keeps each change in this browser until the function that it answers is called. */
export const keepDraft = (): (() => void) =>
  useDraftStore.subscribe(({ draft, shown, maxCost }, before) => {
    if (draft === before.draft && shown === before.shown && maxCost === before.maxCost) return;
    try {
      localStorage.setItem(KEPT, JSON.stringify({ draft, shown, maxCost }));
    } catch {
      // this browser stores nothing for the page: the form works all the same
    }
  });
