/** What the mask painter is open for; it lies over whatever page is shown. */
import { create } from "zustand";

import type { Generation } from "@/api/types";

export interface Painting {
  /** What is painted over: `artifact:<id>` or `generation:<id>`. */
  picture: string;
  /** The picture of which the masked part is drawn anew; null: only the mask is wanted, for `take`. */
  generation: Generation | null;
  /** Called with the id of the uploaded mask. */
  take?: (artifactId: string) => void;
}

interface PaintingStore {
  painting: Painting | null;
  open: (painting: Painting) => void;
  close: () => void;
}

export const usePaintingStore = create<PaintingStore>()((set) => ({
  painting: null,
  open: (painting) => set({ painting }),
  close: () => set({ painting: null }),
}));
