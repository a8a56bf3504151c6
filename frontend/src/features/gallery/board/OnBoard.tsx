import { toast } from "sonner";

import { changeBoard, move, takeOff } from "@/actions/boards/boards";
import type { Board } from "@/api/types";
import { Button } from "@/components/Button";
import { asTheyLie, beforeWhich, type Move, type Order } from "@/features/gallery/board/order";

interface Props {
  board: Board;
  ids: readonly string[];
  /** Null: another order is shown, in which nothing can be moved. */
  order: Order | null;
  disabled: boolean;
  act: (action: () => Promise<unknown>) => Promise<void>;
  /** The selection is not on the board any more. */
  onTakenOff: () => void;
}

const MOVES: readonly (readonly [Move, string])[] = [
  ["first", "To the beginning"],
  ["earlier", "One earlier"],
  ["later", "One later"],
  ["last", "To the end"],
];

/** What is done with selected pictures of the board that is shown. */
export function OnBoard({ board, ids, order, disabled, act, onTakenOff }: Props) {
  const [only] = ids.length === 1 ? ids : [];
  const moveThem = (to: Move) =>
    act(async () => {
      const before = order && beforeWhich(order, ids, to);
      if (order && before !== undefined) await move(board, asTheyLie(order, ids), before);
    });
  const cover = (id: string) =>
    act(async () => {
      await changeBoard(board, { ...board, cover_id: id });
      toast(`It stands for “${board.name}” now`);
    });
  return (
    <>
      {order && (
        <select
          aria-label="Move them on the board"
          className="min-h-9 rounded-lg border border-line bg-raised px-2 text-sm hover:border-soft"
          disabled={disabled}
          value=""
          onChange={({ target }) => void moveThem(target.value as Move)}
        >
          <option value="" disabled>
            Move
          </option>
          {MOVES.map(([to, words]) => (
            <option key={to} value={to}>
              {words}
            </option>
          ))}
        </select>
      )}
      {only && (
        <Button disabled={disabled || board.cover_id === only} onClick={() => void cover(only)}>
          Cover
        </Button>
      )}
      <Button
        disabled={disabled}
        title="It stays in the gallery"
        onClick={() => void act(() => takeOff(board, ids).then(onTakenOff))}
      >
        Take off
      </Button>
    </>
  );
}
