/** The picture whose settings the workbench is asked to take, from any other page. */
import { create } from "zustand";

import type { Generation } from "@/api/types";

export const useRecallStore = create<{ wanted: Generation | null }>()(() => ({ wanted: null }));
