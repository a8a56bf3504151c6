/** What the workbench is asked to take into its form, from any other page. */
import { create } from "zustand";

import type { Generation } from "@/api/types";

interface Recall {
  /** The picture whose settings are wanted, or the whole job that made it. */
  wanted: Generation | null;
  /** Settings that were written into a file, by the names of `POST /api/generate`. */
  recipe: Readonly<Record<string, unknown>> | null;
  /** A picture of one's own to start from. */
  start: File | null;
  /** The workflow whose empty form is wanted. */
  workflow: string | null;
}

export const useRecallStore = create<Recall>()(() => ({ wanted: null, recipe: null, start: null, workflow: null }));
