/** All boards of the hub, and which dialog about them is open; the dialogs lie over whatever page is shown. */
import { create } from "zustand";

import { get as ask } from "@/api/client";
import type { Board, BoardList } from "@/api/types";

export type BoardDialog =
  /** Onto which board these pictures are put. */
  { what: "put"; ids: readonly string[] } | { what: "edit"; board: Board };

interface BoardStore {
  /** By name; null while the hub has not told them. */
  boards: readonly Board[] | null;
  dialog: BoardDialog | null;
  /** Counts what was changed here, so that a page that shows a board asks for it anew. */
  changes: number;
  /** Asks the hub, since other windows change boards too. Throws HubProblem. */
  load: () => Promise<void>;
  /** Something was changed here. */
  changed: () => void;
  open: (dialog: BoardDialog) => void;
  close: () => void;
}

export const useBoardStore = create<BoardStore>()((set, get) => ({
  boards: null,
  dialog: null,
  changes: 0,
  load: async () => set({ boards: (await ask<BoardList>("/api/boards")).boards }),
  changed: () => {
    set(({ changes }) => ({ changes: changes + 1 }));
    void get()
      .load()
      .catch(() => undefined); // the page that shows them says so when the hub is away
  },
  open: (dialog) => set({ dialog }),
  close: () => set({ dialog: null }),
}));
