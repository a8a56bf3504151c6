import { useCallback, useEffect, useRef, useState } from "react";

import type { HubProblem } from "@/api/client";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { GalleryActions } from "@/features/gallery/GalleryActions";
import { GalleryFilters } from "@/features/gallery/GalleryFilters";
import { GalleryGrid } from "@/features/gallery/GalleryGrid";
import { rateTogether } from "@/features/gallery/rating";
import { EVERYTHING, isNarrowed, queryOf, useSettled, type GallerySearch } from "@/features/gallery/search";
import { useGalleryPages, type GalleryPages } from "@/features/gallery/useGalleryPages";
import { useSelection } from "@/features/gallery/useSelection";
import { plural } from "@/lib/format";
import { hrefOf } from "@/lib/route";
import { useGpuStore } from "@/stores/gpuStore";

const TYPING_MS = 250;
const WAITING_TILES = 24;

interface Props {
  /** The picture that was last changed outside the gallery. */
  changed: Generation | null;
  onOpen: (generation: Generation, all: readonly Generation[]) => void;
}

export function GalleryPage({ changed, onOpen }: Props) {
  const [search, setSearch] = useState(EVERYTHING);
  const prompt = useSettled(search.prompt, TYPING_MS);
  const varied = useSettled(search.varied, TYPING_MS);
  const query = queryOf({ ...search, prompt, varied });
  const pages = useGalleryPages(query);
  const { selection, toggle, extendTo, clear, revise } = useSelection(pages.between);
  // nobody should delete pictures that the search no longer shows
  useEffect(clear, [clear, query]);
  useFleet();

  const open = useLatest((index: number) => {
    const generation = pages.at(index);
    if (generation) onOpen(generation, pages.loaded());
  });
  const pick = useLatest((index: number, extend: boolean) => {
    const generation = pages.at(index);
    if (extend) void extendTo(index);
    else if (generation) toggle(index, generation);
  });
  const chosen = [...selection.values()];
  const { replace } = pages;
  const revised = useCallback(
    (generations: readonly Generation[]) => {
      replace(generations);
      revise(generations);
    },
    [replace, revise],
  );
  useEffect(() => {
    if (changed) revised([changed]);
  }, [changed, revised]);
  const rateAt = useLatest((index: number, rating: number) => {
    const generation = pages.at(index);
    if (generation) void rateTogether(selection.has(generation.id) ? chosen : [generation], rating, revised);
  });
  const change = (fields: Partial<GallerySearch>) => setSearch((before) => ({ ...before, ...fields }));
  const { total, problem } = pages;
  return (
    <section aria-label="Gallery" className={`grid content-start gap-3 p-4 ${selection.size ? "pb-40" : ""}`}>
      <header className="flex items-baseline justify-between gap-4">
        <h1 className="text-xl font-semibold">Gallery</h1>
        <p role="status" className="text-sm text-soft">
          {total === null ? "" : plural(total, "picture")}
        </p>
      </header>
      <GalleryFilters search={search} onChange={change} onReset={() => setSearch(EVERYTHING)} />
      {problem && total !== null && <ProblemBar problem={problem} retry={pages.reload} />}
      {total ? (
        <GalleryGrid {...pages} total={total} selection={selection} onOpen={open} onPick={pick} onRate={rateAt} />
      ) : (
        <WithoutPictures pages={pages} narrowed={isNarrowed(search)} reset={() => setSearch(EVERYTHING)} />
      )}
      {selection.size > 0 && (
        <GalleryActions selection={selection} clear={clear} onChanged={revised} onMoved={pages.reload} />
      )}
    </section>
  );
}

function WithoutPictures({ pages, narrowed, reset }: { pages: GalleryPages; narrowed: boolean; reset: () => void }) {
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

/** Loads the names of the nodes, unless another page has. */
function useFleet(): void {
  useEffect(() => {
    const { reachable, refresh } = useGpuStore.getState();
    if (reachable === null) void refresh();
  }, []);
}

/** A stable function that calls the newest one, so that tiles are not drawn again with every render. */
function useLatest<Arguments extends unknown[]>(newest: (...given: Arguments) => void): (...given: Arguments) => void {
  const latest = useRef(newest);
  useEffect(() => {
    latest.current = newest;
  });
  return useCallback((...given) => latest.current(...given), []);
}
