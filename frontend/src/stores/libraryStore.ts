/** Which dialog of the library of prompts is open; they lie over whatever page is shown. */
import { create } from "zustand";

import type { StyleBody, StyleKind, StyleOut } from "@/api/types";

/** Pieces of which the words of a style are put together. */
export interface StyleParts {
  /** `kinds`: for which it is taken at first. */
  of: readonly { id: string; name: string; text: string; kinds: readonly StyleKind[] }[];
  /** The words of some of them. */
  together: (ids: readonly string[]) => Promise<Pick<StyleBody, "text" | "negative_prompt">>;
}

export type StyleDraft = Partial<StyleBody> &
  Pick<StyleBody, "name"> & {
    /** Which of them go in is asked. */
    parts?: StyleParts;
    /** The picture that shows it. */
    shownBy?: string | null;
  };

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
