/** What was dropped, pasted or chosen for no place in particular: pictures for the recipe sheet, files for the import page. */
import { create } from "zustand";

import type { Recipe } from "@/api/types";

export interface BroughtPicture {
  file: File;
  recipe: Recipe | null;
  /** Why there is no recipe, as a sentence. */
  problem: string;
}

/** A workflow that may be imported. */
export interface BroughtWorkflow {
  /** Another one of each in all windows, in the order in which they were brought. */
  key: string;
  /** Of the file; its name without suffix is what the workflow may be called. */
  name: string;
  /** The document as it is written, since numbers may be larger than a browser can read and write again. */
  content: string;
}

interface BroughtStore {
  /** On the sheet; none: it is closed. */
  pictures: readonly BroughtPicture[];
  workflows: readonly BroughtWorkflow[];
  /** Whether it is asked which files to open. */
  choosing: boolean;
  show: (pictures: readonly BroughtPicture[]) => void;
  addWorkflows: (given: readonly Omit<BroughtWorkflow, "key">[]) => void;
  /** Those that were here before, in the order of their keys; what is there already stays as it is. */
  putBack: (given: readonly BroughtWorkflow[]) => void;
  removeWorkflow: (key: string) => void;
  choose: (choosing: boolean) => void;
}

export const useBroughtStore = create<BroughtStore>()((set) => ({
  pictures: [],
  workflows: [],
  choosing: false,
  show: (pictures) => set({ pictures }),
  addWorkflows: (given) =>
    set(({ workflows }) => ({ workflows: [...workflows, ...given.map((each) => ({ ...each, key: newKey() }))] })),
  putBack: (given) =>
    set(({ workflows }) => {
      const missing = given.filter(({ key }) => !workflows.some((each) => each.key === key));
      return { workflows: [...workflows, ...missing].sort((one, other) => (one.key < other.key ? -1 : 1)) };
    }),
  removeWorkflow: (key) => set(({ workflows }) => ({ workflows: workflows.filter((each) => each.key !== key) })),
  choose: (choosing) => set({ choosing }),
}));

let made = 0;

/** Sorted as text they are in their order; the random part tells windows apart. */
function newKey(): string {
  const [chance] = crypto.getRandomValues(new Uint32Array(1));
  return `${String(Date.now()).padStart(15, "0")}-${String(++made).padStart(6, "0")}-${chance}`;
}
