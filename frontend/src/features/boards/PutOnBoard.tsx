import { useEffect, useState, type FormEvent } from "react";

import { addTo, createBoard, takeOff } from "@/actions/boards/boards";
import { get, HubProblem, withTicket } from "@/api/client";
import type { Board, BoardList } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Modal } from "@/components/Modal";
import { plural } from "@/lib/format";
import { useBoardStore } from "@/stores/boardStore";

interface Props {
  ids: readonly string[];
  onClose: () => void;
}

/** Chooses a board for pictures, or makes one; one picture alone is taken off again in the same way. */
export function PutOnBoard({ ids, onClose }: Props) {
  const boards = useBoardStore((store) => store.boards);
  const { on, problem } = useBoardsOf(ids);
  const choose = (board: Board) => {
    onClose();
    void (on.has(board.id) ? takeOff(board, ids) : addTo(board, ids));
  };
  return (
    <Modal
      title={`Put ${plural(ids.length, "picture")} on a board`}
      description="What is on a board is kept, as starred pictures are. A picture may lie on several."
      onClose={onClose}
    >
      <div className="grid gap-4">
        {problem && (
          <p role="alert" className="text-sm text-bad">
            {problem}
          </p>
        )}
        {boards && boards.length > 0 && (
          <ul aria-label="Boards" className="grid max-h-[45dvh] gap-1 overflow-y-auto">
            {boards.map((board) => (
              <li key={board.id}>
                <BoardRow board={board} isOn={on.has(board.id)} onChoose={() => choose(board)} />
              </li>
            ))}
          </ul>
        )}
        <NewBoard first={boards?.length === 0} onMade={(board) => choose(board)} />
      </div>
    </Modal>
  );
}

/** The boards anew, and those that a picture alone lies on. */
function useBoardsOf(ids: readonly string[]) {
  const [on, setOn] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState("");
  const [only] = ids.length === 1 ? ids : [];
  useEffect(() => {
    const failed = (error: Error) => setProblem(error.message);
    void useBoardStore.getState().load().catch(failed);
    if (only)
      void get<BoardList>(`/api/boards?generation_id=${encodeURIComponent(only)}`).then(
        ({ boards }) => setOn(new Set(boards.map(({ id }) => id))),
        failed,
      );
  }, [only]);
  return { on, problem };
}

function BoardRow({ board, isOn, onChoose }: { board: Board; isOn: boolean; onChoose: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      className="flex w-full items-center gap-3 rounded-lg p-2 text-left text-sm hover:bg-raised"
      onClick={onChoose}
    >
      {board.cover_url ? (
        <img src={withTicket(board.cover_url)} alt="" className="size-12 shrink-0 rounded object-cover" />
      ) : (
        <span aria-hidden className="size-12 shrink-0 rounded bg-raised" />
      )}
      <span className="min-w-0 grow">
        <span dir="auto" className="block truncate font-medium">
          {board.name}
        </span>
        <span className="block text-xs text-soft">{plural(board.count, "picture")}</span>
      </span>
      {isOn && <span className="shrink-0 text-xs text-soft">On it – take off</span>}
    </button>
  );
}

function NewBoard({ first, onMade }: { first: boolean; onMade: (board: Board) => void }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const make = async (event: FormEvent) => {
    event.preventDefault();
    try {
      onMade(await createBoard(name.trim()));
    } catch (error) {
      if (!(error instanceof HubProblem)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <form className="grid grid-cols-[1fr_auto] gap-2" onSubmit={(event) => void make(event)}>
      <Field label={first ? "Name of your first board" : "New board"} error={problem || undefined}>
        {(control) => (
          <input
            {...control}
            className="field"
            dir="auto"
            maxLength={100}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Button type="submit" className="mt-6 self-start" disabled={!name.trim()}>
        Make it
      </Button>
    </form>
  );
}
