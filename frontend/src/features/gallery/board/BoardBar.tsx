import { toast } from "sonner";

import { deleteBoard } from "@/actions/boards/boards";
import { send } from "@/api/client";
import type { Board } from "@/api/types";
import { Button } from "@/components/Button";
import { tellMissing, WITHOUT_METADATA } from "@/features/gallery/bulk";
import { saveFile } from "@/lib/saveFile";
import { useBoardStore } from "@/stores/boardStore";

/** What the shown board is, and what can be done with all of it. */
export function BoardBar({ board, onGone }: { board: Board; onGone: () => void }) {
  const remove = async () => {
    if (await deleteBoard(board)) onGone();
  };
  return (
    <section
      aria-label={`Board ${board.name}`}
      className="flex flex-wrap items-center gap-2 rounded-xl border border-line bg-panel p-3 text-sm"
    >
      <div className="min-w-40 grow basis-0">
        <h2 dir="auto" className="font-semibold wrap-anywhere">
          {board.name}
        </h2>
        {board.notes && (
          <p dir="auto" className="whitespace-pre-line text-soft wrap-anywhere">
            {board.notes}
          </p>
        )}
      </div>
      <Button onClick={() => useBoardStore.getState().open({ what: "edit", board })}>Change</Button>
      <Button disabled={!board.count} onClick={() => void download(board)}>
        Download zip
      </Button>
      <Button
        title="A zip of all without prompt, settings and graph: to be shared"
        disabled={!board.count}
        onClick={() => void download(board, WITHOUT_METADATA)}
      >
        Without metadata
      </Button>
      <Button look="danger" title="The board alone; its pictures stay" onClick={() => void remove()}>
        Delete the board
      </Button>
    </section>
  );
}

async function download(board: Board, query = ""): Promise<void> {
  try {
    const answer = await send("GET", `/api/boards/${encodeURIComponent(board.id)}/archive${query}`);
    saveFile(await answer.blob(), `${board.name.replace(/[\\/:*?"<>|]/g, "_")}.zip`);
    const missing = Number(answer.headers.get("X-Missing-Pictures") ?? 0);
    if (missing) tellMissing(missing);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}
