/** Which dialog of the library of prompts is open; they lie over whatever page is shown. */
import { create } from "zustand";

import type { StyleBody, StyleOut } from "@/api/types";

export type StyleDraft = Partial<StyleBody> & Pick<StyleBody, "name">;

export type LibraryDialog =
  | { what: "styles" }
  | { what: "history" }
  /** `style`: an existing one is changed. `saved`: told of the one that was kept. */
  | { what: "save"; draft: StyleDraft; style?: StyleOut; saved?: ((style: StyleOut) => void) | undefined };

interface LibraryStore {
  dialog: LibraryDialog | null;
  open: (dialog: LibraryDialog) => void;
  close: () => void;
}

export const useLibraryStore = create<LibraryStore>()((set) => ({
  dialog: null,
  open: (dialog) => set({ dialog }),
  close: () => set({ dialog: null }),
}));
