import { useState } from "react";
import { toast } from "sonner";

import { HubProblem } from "@/api/client";
import { putOnBoard } from "@/actions/boards/boards";
import type { Board, Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { OnBoard } from "@/features/gallery/board/OnBoard";
import type { Order } from "@/features/gallery/board/order";
import { RatingChoice } from "@/features/gallery/RatingChoice";
import { rateTogether } from "@/features/gallery/rating";
import { changeAll, downloadZip, MOST_AT_ONCE, starAll, tellMissing, WITHOUT_METADATA } from "@/features/gallery/bulk";
import type { Selection } from "@/features/gallery/useSelection";
import { plural } from "@/lib/format";

const UNDO_SHOWN_MS = 12_000;

interface Props {
  selection: Selection;
  /** The board that is shown, and its order; null where another is shown. */
  board: Board | null;
  order: Order | null;
  clear: () => void;
  /** Called with the hub's newest state of some pictures. */
  onChanged: (generations: readonly Generation[]) => void;
  /** Called when pictures have left the gallery or come back. */
  onMoved: () => void;
}

export function GalleryActions({ selection, board, order, clear, onChanged, onMoved }: Props) {
  const [busy, setBusy] = useState(false);
  const ids = [...selection.keys()];
  const starred = [...selection.values()].every((each) => each.starred);
  const tooMany = ids.length > MOST_AT_ONCE;

  const act = async (action: () => Promise<unknown>) => {
    setBusy(true);
    await action().catch(tell);
    setBusy(false);
  };
  const remove = () => act(() => discard(ids, clear, onMoved));
  return (
    <div
      role="toolbar"
      aria-label="Selected pictures"
      className="fixed inset-x-0 bottom-[calc(var(--pages)+1rem)] z-30 mx-auto flex w-fit max-w-[calc(100vw-1rem)] flex-wrap items-center justify-center gap-2 rounded-2xl border border-line bg-panel p-2 shadow-2xl"
    >
      <p role="status" className="px-2 text-sm font-medium">
        {ids.length} selected
      </p>
      <Button disabled={busy} onClick={() => void act(() => starAll(ids, !starred, onChanged))}>
        {starred ? "Unstar" : "Star"}
      </Button>
      <Button title="Put them on a board (B)" disabled={busy} onClick={() => putOnBoard(ids)}>
        Board
      </Button>
      {board && <OnBoard board={board} ids={ids} order={order} disabled={busy} act={act} onTakenOff={clear} />}
      <RatingChoice
        disabled={busy}
        onRate={(rating) => void act(() => rateTogether([...selection.values()], rating, onChanged))}
      />
      <Button disabled={busy || tooMany} onClick={() => void act(() => carryHome(ids))}>
        Download zip
      </Button>
      <Button
        title="A zip of them without prompt, settings and graph: to be shared"
        disabled={busy || tooMany}
        onClick={() => void act(() => carryHome(ids, WITHOUT_METADATA))}
      >
        Without metadata
      </Button>
      <Button look="danger" disabled={busy} onClick={() => void remove()}>
        Delete
      </Button>
      <Button look="quiet" onClick={clear}>
        Clear
      </Button>
      {tooMany && <p className="w-full text-center text-xs text-soft">A zip holds at most {MOST_AT_ONCE} pictures.</p>}
    </div>
  );
}

async function carryHome(...what: Parameters<typeof downloadZip>): Promise<void> {
  const missing = await downloadZip(...what);
  if (missing) tellMissing(missing);
}

async function discard(ids: readonly string[], clear: () => void, onMoved: () => void): Promise<void> {
  const answered: Generation[] = [];
  try {
    await changeAll("discard", ids, (generations) => answered.push(...generations));
    clear();
  } finally {
    if (answered.length) offerUndo(answered, onMoved);
    onMoved();
  }
}

function offerUndo(answered: readonly Generation[], onMoved: () => void): void {
  const doomed = answered.filter((each) => each.discard_after !== null).map((each) => each.id);
  const kept = answered.length - doomed.length;
  const keptText = kept ? `${plural(kept, "picture is", "pictures are")} kept: starred, or on a board.` : undefined;
  if (!doomed.length) {
    toast("Nothing is deleted", { description: keptText });
    return;
  }
  const undo = () =>
    void changeAll("restore", doomed, () => undefined)
      .catch(tell)
      .finally(onMoved);
  toast(`${plural(doomed.length, "picture")} will be deleted in a day`, {
    description: keptText,
    duration: UNDO_SHOWN_MS,
    action: { label: "Undo", onClick: undo },
  });
}

function tell(error: unknown): void {
  toast.error(error instanceof HubProblem ? error.message : "That did not work.");
}
