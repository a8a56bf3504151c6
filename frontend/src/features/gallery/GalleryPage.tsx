import { useEffect, useState } from "react";

import type { HubProblem } from "@/api/client";
import type { Board, Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { BoardBar } from "@/features/gallery/board/BoardBar";
import { useBoard } from "@/features/gallery/board/useBoard";
import { GalleryActions } from "@/features/gallery/GalleryActions";
import { GalleryFilters } from "@/features/gallery/GalleryFilters";
import { GalleryGrid } from "@/features/gallery/GalleryGrid";
import { Leaving } from "@/features/gallery/Leaving";
import { EVERYTHING, isNarrowed, queryOf, useSettled, type GallerySearch } from "@/features/gallery/search";
import { useGalleryPages, type GalleryPages } from "@/features/gallery/useGalleryPages";
import { useTileActs } from "@/features/gallery/useTileActs";
import { useSelection } from "@/features/gallery/useSelection";
import { plural } from "@/lib/format";
import { go, hrefOf } from "@/lib/route";
import { useGpuStore } from "@/stores/gpuStore";

const TYPING_MS = 250;
const WAITING_TILES = 24;

interface Props {
  /** Of the board that is shown; empty for all pictures. */
  boardId: string;
  /** The picture that was last changed outside the gallery. */
  changed: Generation | null;
  onOpen: (generation: Generation, all: readonly Generation[]) => void;
}

export function GalleryPage({ boardId, changed, onOpen }: Props) {
  const { search, query, narrowed, change, reset } = useAsked(boardId);
  const pages = useGalleryPages(query);
  const chosen = useSelection(pages.between);
  const { selection, clear } = chosen;
  // nobody should delete pictures that the search no longer shows
  useEffect(clear, [clear, query]);
  useFleet();
  const board = useBoard(boardId, pages.reload);
  const { revised, ...acts } = useTileActs({ pages, chosen, changed, onOpen });
  const { total, problem } = pages;
  return (
    <section aria-label="Gallery" className={`grid content-start gap-3 p-4 ${selection.size ? "pb-40" : ""}`}>
      <header className="flex items-baseline justify-between gap-4">
        <h1 className="text-xl font-semibold">Gallery</h1>
        <p role="status" className="text-sm text-soft">
          {total === null ? "" : plural(total, "picture")}
        </p>
      </header>
      <GalleryFilters search={search} onChange={change} onReset={reset} />
      <Leaving />
      {board && <BoardBar board={board} onGone={() => change({ board: "" })} />}
      {problem && total !== null && <ProblemBar problem={problem} retry={pages.reload} />}
      {total ? (
        <GalleryGrid {...pages} {...acts} total={total} selection={selection} />
      ) : (
        <WithoutPictures pages={pages} board={board} narrowed={narrowed} reset={reset} />
      )}
      {selection.size > 0 && (
        <GalleryActions
          selection={selection}
          board={board ?? null}
          order={search.sort ? null : Array.from({ length: total ?? 0 }, (_, index) => pages.at(index)?.id)}
          clear={clear}
          onChanged={revised}
          onMoved={pages.reload}
        />
      )}
    </section>
  );
}

interface WithoutProps {
  pages: GalleryPages;
  /** Null: all pictures are shown; undefined: the board is not known. */
  board: Board | null | undefined;
  narrowed: boolean;
  reset: () => void;
}

function WithoutPictures({ pages, board, narrowed, reset }: WithoutProps) {
  if (pages.problem) {
    return (
      <Notice title="The gallery cannot be shown" tone="bad">
        <p className="mb-4">{pages.problem.message}</p>
        <Button onClick={pages.reload}>Try again</Button>
      </Notice>
    );
  }
  if (pages.total === null || pages.outdated) return <Waiting />;
  if (narrowed) {
    return (
      <Notice title="Nothing found">
        <p className="mb-4">No picture is like that. Fewer words or filters find more.</p>
        <Button onClick={reset}>Show all pictures</Button>
      </Notice>
    );
  }
  if (board !== null) return <EmptyBoard board={board} reset={reset} />;
  return (
    <Notice title="No pictures yet">
      Make your first pictures in the{" "}
      <a href={hrefOf({ page: "studio", sessionId: null })} className="text-accent underline">
        studio
      </a>
      .
    </Notice>
  );
}

function EmptyBoard({ board, reset }: { board: Board | undefined; reset: () => void }) {
  return (
    <Notice title={board ? "Nothing lies on this board" : "This board does not exist any more"}>
      <p className="mb-4">
        {board
          ? "Select pictures in the gallery and choose “Board”, or press B on a picture anywhere."
          : "Its pictures are still in the gallery."}
      </p>
      <Button onClick={reset}>Show all pictures</Button>
    </Notice>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading pictures" className="grid grid-cols-3 gap-2 sm:grid-cols-5 lg:grid-cols-8">
      {Array.from({ length: WAITING_TILES }, (_, index) => (
        <div key={index} className="shimmer aspect-square rounded-lg bg-raised" />
      ))}
    </div>
  );
}

/** Stays visible, since missing pictures may be far down. */
function ProblemBar({ problem, retry }: { problem: HubProblem; retry: () => void }) {
  return (
    <div
      role="alert"
      className="sticky top-28 z-20 flex items-center justify-between gap-3 rounded-xl border border-bad bg-panel p-3 text-sm"
    >
      <p>{problem.message}</p>
      <Button onClick={retry}>Try again</Button>
    </div>
  );
}

/** What is asked for: the filters, and the board of the address. */
function useAsked(boardId: string) {
  const [asked, setAsked] = useState(EVERYTHING);
  const search = { ...asked, board: boardId };
  const prompt = useSettled(search.prompt, TYPING_MS);
  const varied = useSettled(search.varied, TYPING_MS);
  const change = ({ board, ...fields }: Partial<GallerySearch>) => {
    if (board !== undefined) go({ page: "gallery", boardId: board });
    setAsked((before) => ({ ...before, ...fields }));
  };
  const query = queryOf({ ...search, prompt, varied });
  return { search, query, narrowed: isNarrowed(asked), change, reset: () => change(EVERYTHING) };
}

/** Loads the names of the nodes, unless another page has. */
function useFleet(): void {
  useEffect(() => {
    const { reachable, refresh } = useGpuStore.getState();
    if (reachable === null) void refresh();
  }, []);
}
