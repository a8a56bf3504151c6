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
  key: number;
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
  removeWorkflow: (key: number) => void;
  choose: (choosing: boolean) => void;
}

export const useBroughtStore = create<BroughtStore>()((set) => ({
  pictures: [],
  workflows: [],
  choosing: false,
  show: (pictures) => set({ pictures }),
  addWorkflows: (given) =>
    set(({ workflows }) => {
      const next = 1 + Math.max(0, ...workflows.map(({ key }) => key));
      return { workflows: [...workflows, ...given.map((each, index) => ({ ...each, key: next + index }))] };
    }),
  removeWorkflow: (key) => set(({ workflows }) => ({ workflows: workflows.filter((each) => each.key !== key) })),
  choose: (choosing) => set({ choosing }),
}));
