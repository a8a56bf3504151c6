/** What is done with boards, from whatever screen: filled, emptied, sorted, deleted, and all of it taken back. */
import { toast } from "sonner";

import { post, request } from "@/api/client";
import type { Board, BoardChange } from "@/api/types";
import { plural } from "@/lib/format";
import { go } from "@/lib/route";
import { useBoardStore } from "@/stores/boardStore";
import { useUiStore } from "@/stores/uiStore";

const MOST_AT_ONCE = 1000;
const UNDO_SHOWN_MS = 12_000;

/** Asks onto which board. */
export function putOnBoard(ids: readonly string[]): void {
  if (ids.length) useBoardStore.getState().open({ what: "put", ids });
}

export async function addTo(board: Board, ids: readonly string[]): Promise<void> {
  const changed = await told(() => change(board, "", ids));
  if (changed === null) return;
  const there = ids.length - changed;
  toast(changed ? `${plural(changed, "picture")} put on “${board.name}”` : `Already on “${board.name}”`, {
    description: changed && there ? `${plural(there, "other")} lay there already.` : undefined,
    duration: UNDO_SHOWN_MS,
    cancel: { label: "Open", onClick: () => openBoard(board) },
    // which of them were there already is not known, and those are not to be taken off
    ...(changed === ids.length && { action: undo(() => change(board, "/remove", ids)) }),
  });
}

function openBoard({ id }: Board): void {
  useUiStore.getState().set({ viewedId: null });
  go({ page: "gallery", boardId: id });
}

export async function takeOff(board: Board, ids: readonly string[]): Promise<void> {
  const changed = await told(() => change(board, "/remove", ids));
  if (changed === null) return;
  toast(`${plural(changed, "picture")} taken off “${board.name}”`, {
    description: changed === 1 ? "It stays in the gallery." : "They stay in the gallery.",
    duration: UNDO_SHOWN_MS,
    action: undo(() => change(board, "/restore", ids)),
  });
}

/** Puts them, in their order, before another one or at the end. */
export const move = (board: Board, ids: readonly string[], before: string | null): Promise<unknown> =>
  told(() => inParts(ids, (some) => post(`${pathOf(board)}/pictures/move`, { ids: some, before })));

/** Deletes the board and no picture; true when it is gone. */
export async function deleteBoard(board: Board): Promise<boolean> {
  if ((await told(() => request("DELETE", pathOf(board)).then(() => true))) === null) return false;
  toast(`The board “${board.name}” is deleted`, {
    description: "No picture is. It can be brought back for a day.",
    duration: UNDO_SHOWN_MS,
    action: undo(() => post(`${pathOf(board)}/restore`)),
  });
  return true;
}

/** Throws HubProblem. */
export async function createBoard(name: string): Promise<Board> {
  const board = await post<Board>("/api/boards", { name });
  useBoardStore.getState().changed();
  return board;
}

/** Throws HubProblem, also where another window has changed it since. */
export async function changeBoard(board: Board, said: Pick<Board, "name" | "notes" | "cover_id">): Promise<Board> {
  const changed = await request<Board>("PUT", pathOf(board), said, { "If-Match": `"${board.version}"` });
  useBoardStore.getState().changed();
  return changed;
}

const pathOf = ({ id }: Board): string => `/api/boards/${encodeURIComponent(id)}`;

/** Answers how many were put on, taken off or put back. */
async function change(board: Board, action: "" | "/remove" | "/restore", ids: readonly string[]): Promise<number> {
  const answers = await inParts(ids, (some) => post<BoardChange>(`${pathOf(board)}/pictures${action}`, { ids: some }));
  return answers.reduce((sum, { changed }) => sum + changed, 0);
}

/** One after the other, since the hub takes so many at once. */
async function inParts<Answer>(
  ids: readonly string[],
  ask: (some: readonly string[]) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < ids.length; from += MOST_AT_ONCE)
    answers.push(await ask(ids.slice(from, from + MOST_AT_ONCE)));
  return answers;
}

const undo = (action: () => Promise<unknown>) => ({ label: "Undo", onClick: () => void told(action) });

/** Null when the hub refused, which has been shown. */
async function told<Answer>(action: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await action();
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
    return null;
  } finally {
    useBoardStore.getState().changed();
  }
}
