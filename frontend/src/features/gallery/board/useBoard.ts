/** The board that the gallery shows, kept as it is: other windows change boards too. */
import { useEffect } from "react";

import type { Board } from "@/api/types";
import { useBoardStore } from "@/stores/boardStore";

/** Null without one; undefined while it is not known, and where there is none of this id. */
export function useBoard(boardId: string, reload: () => void): Board | null | undefined {
  const board = useBoardStore(({ boards }) => boards?.find(({ id }) => id === boardId));
  const changes = useBoardStore((store) => store.changes);
  useEffect(() => {
    const load = () =>
      void useBoardStore
        .getState()
        .load()
        .catch(() => undefined); // the gallery itself says when the hub is away
    load();
    window.addEventListener("focus", load);
    return () => window.removeEventListener("focus", load);
  }, []);
  const told = board?.updated_at;
  useEffect(() => {
    if (boardId) reload();
  }, [boardId, changes, told, reload]);
  return boardId ? board : null;
}
