/** What can be done on a tile: look, pick, rate, put on a board; all but looking is done with all that is selected with it. */
import { useCallback, useEffect, useRef } from "react";

import { putOnBoard } from "@/actions/boards/boards";
import type { Generation } from "@/api/types";
import { rateTogether } from "@/features/gallery/rating";
import type { GalleryPages } from "@/features/gallery/useGalleryPages";
import type { useSelection } from "@/features/gallery/useSelection";

interface Given {
  pages: GalleryPages;
  chosen: ReturnType<typeof useSelection>;
  /** The picture that was last changed outside the gallery. */
  changed: Generation | null;
  onOpen: (generation: Generation, all: readonly Generation[]) => void;
}

export function useTileActs({ pages, chosen, changed, onOpen }: Given) {
  const { selection, toggle, extendTo, revise } = chosen;
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
  /** The selection, if this one is selected; else itself. */
  const withIt = (index: number): readonly Generation[] => {
    const generation = pages.at(index);
    if (!generation) return [];
    return selection.has(generation.id) ? [...selection.values()] : [generation];
  };
  const onOpenAt = useLatest((index: number) => {
    const generation = pages.at(index);
    if (generation) onOpen(generation, pages.loaded());
  });
  const onPick = useLatest((index: number, extend: boolean, from?: number) => {
    const generation = pages.at(index);
    if (extend) void extendTo(index, from);
    else if (generation) toggle(index, generation);
  });
  const onRate = useLatest((index: number, rating: number) => {
    const together = withIt(index);
    if (together.length) void rateTogether(together, rating, revised);
  });
  const onBoard = useLatest((index: number) => putOnBoard(withIt(index).map(({ id }) => id)));
  return { onOpen: onOpenAt, onPick, onRate, onBoard, revised };
}

/** A stable function that calls the newest one, so that tiles are not drawn again with every render. */
function useLatest<Arguments extends unknown[]>(newest: (...given: Arguments) => void): (...given: Arguments) => void {
  const latest = useRef(newest);
  useEffect(() => {
    latest.current = newest;
  });
  return useCallback((...given) => latest.current(...given), []);
}
