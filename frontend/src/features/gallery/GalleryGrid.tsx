import { defaultRangeExtractor, useWindowVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState, type FocusEvent, type KeyboardEvent } from "react";

import type { Generation } from "@/api/types";
import { GalleryTile } from "@/features/gallery/GalleryTile";
import { pageOf } from "@/features/gallery/useGalleryPages";
import { useGridLayout } from "@/features/gallery/useGridLayout";
import type { Selection } from "@/features/gallery/useSelection";
import { step, type Direction } from "@/lib/grid";
import { isTyping } from "@/lib/keys";

const SPARE_ROWS = 4;
/** Pixels of the page's top and bottom that bars may cover. */
const HEADER = 128;
const TOOLBAR = 120;
/** Milliseconds that a page must be visible before it is requested. */
const SETTLED_MS = 60;

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

interface Props {
  total: number;
  at: (index: number) => Generation | undefined;
  selection: Selection;
  outdated: boolean;
  show: (firstPage: number, lastPage: number) => void;
  onOpen: (index: number) => void;
  /** `from`: the beginning of a range where nothing was picked before. */
  onPick: (index: number, extend: boolean, from?: number) => void;
  /** From 1 to 5; 0 takes it away. */
  onRate: (index: number, rating: number) => void;
  onBoard: (index: number) => void;
}

export function GalleryGrid({ total, at, selection, outdated, show, onOpen, onPick, onRate, onBoard }: Props) {
  const [grid, setGrid] = useState<HTMLDivElement | null>(null);
  const { columns, tile, gap, top } = useGridLayout(grid);
  const [current, setCurrent] = useState(0);
  const focused = Math.min(current, total - 1);
  const rows = useRows({
    count: Math.ceil(total / columns),
    size: tile + gap,
    top,
    kept: Math.floor(focused / columns),
  });
  useShownPages(rows.range, columns, total, show);

  const { open, pick } = useTaken(setCurrent, onOpen, onPick);
  const reveal = (index: number) => {
    setCurrent(index);
    rows.scrollToIndex(Math.floor(index / columns));
  };
  const keyboard = useKeyboard({ grid, focused, total, columns, reveal, pick, onRate, onBoard, setCurrent });
  return (
    <div
      ref={setGrid}
      role="grid"
      aria-label="Pictures"
      aria-multiselectable
      aria-busy={outdated}
      aria-rowcount={Math.ceil(total / columns)}
      aria-colcount={columns}
      {...keyboard}
      className={`relative w-full select-none transition-opacity ${outdated ? "opacity-60" : ""}`}
      style={{ height: Math.max(rows.getTotalSize() - gap, 0) }}
    >
      {rows.getVirtualItems().map((row) => (
        <div
          key={row.key}
          role="row"
          aria-rowindex={row.index + 1}
          className="absolute inset-x-0 top-0 flex"
          style={{ gap, height: tile, transform: `translateY(${row.start - top}px)` }}
        >
          {indexes(row.index * columns, Math.min((row.index + 1) * columns, total)).map((index, column) => {
            const generation = at(index);
            const selected = selection.has(generation?.id ?? "");
            const place = { index, column, size: tile, current: index === focused };
            return (
              <GalleryTile
                key={index}
                {...place}
                generation={generation}
                selected={selected}
                onOpen={open}
                onPick={pick}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}

/** A click on a tile also focuses it. The functions stay the same, so that no tile is drawn again. */
function useTaken(setCurrent: (index: number) => void, onOpen: Props["onOpen"], onPick: Props["onPick"]) {
  const open = useCallback(
    (index: number) => {
      setCurrent(index);
      onOpen(index);
    },
    [setCurrent, onOpen],
  );
  const pick = useCallback(
    (index: number, extend: boolean, from?: number) => {
      setCurrent(index);
      onPick(index, extend, from);
    },
    [setCurrent, onPick],
  );
  return { open, pick };
}

const indexes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, offset) => from + offset);

/** The row with the focus stays in the document wherever the page is scrolled, or the focus would be lost. */
function useRows({ count, size, top, kept }: { count: number; size: number; top: number; kept: number }) {
  const rangeExtractor = useCallback(
    (range: Range) =>
      [...new Set([...defaultRangeExtractor(range), kept])]
        .filter((row) => row < count)
        .sort((one, other) => one - other),
    [kept, count],
  );
  // another key function lays out all rows within this render; `measure` would need one more
  const getItemKey = useMemo(() => keysFor(size), [size]);
  return useWindowVirtualizer({
    count,
    getItemKey,
    estimateSize: () => size,
    overscan: SPARE_ROWS,
    scrollMargin: top,
    scrollPaddingStart: HEADER,
    scrollPaddingEnd: TOOLBAR,
    rangeExtractor,
  });
}

const keysFor = (_size: number) => (row: number) => row;

function useShownPages(
  range: { startIndex: number; endIndex: number } | null,
  columns: number,
  total: number,
  show: Props["show"],
): void {
  const first = range ? pageOf(range.startIndex * columns) : -1;
  const last = range ? pageOf(Math.min((range.endIndex + 1) * columns, total) - 1) : -1;
  useEffect(() => {
    if (first < 0 || last < first) return;
    const timer = setTimeout(() => show(first, last), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [first, last, show]);
}

interface Keyboard {
  grid: HTMLElement | null;
  focused: number;
  total: number;
  columns: number;
  reveal: (index: number) => void;
  pick: Props["onPick"];
  onRate: Props["onRate"];
  onBoard: Props["onBoard"];
  setCurrent: (index: number) => void;
}

function useKeyboard({ grid, focused, total, columns, reveal, pick, onRate, onBoard, setCurrent }: Keyboard) {
  const moveTo = useMovingFocus(grid, reveal);
  return {
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const direction = ARROWS[event.key];
      if (direction) {
        const next = step(focused, direction, total, columns);
        moveTo(next);
        if (event.shiftKey) pick(next, true, focused);
      } else if (/^[0-5]$/.test(event.key) && !isTyping(event.target)) onRate(focused, Number(event.key));
      else if (isPlain(event, "b")) onBoard(focused);
      else if (event.key === " ") pick(focused, event.shiftKey);
      else return;
      event.preventDefault();
    },
    // Firefox presses a button when Space is released
    onKeyUp: (event: KeyboardEvent<HTMLElement>) => event.key === " " && event.preventDefault(),
    // a click or a screen reader may have moved the focus anywhere
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      const index = target.dataset["index"];
      if (index !== undefined) setCurrent(Number(index));
    },
  };
}

/** Whether that letter was pressed alone, and not into a field. */
const isPlain = (event: KeyboardEvent, letter: string): boolean =>
  event.key.toLowerCase() === letter && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);

/** Scrolls first, then focuses the picture once it is there. */
function useMovingFocus(grid: HTMLElement | null, reveal: (index: number) => void) {
  const pending = useRef<number | null>(null);
  useEffect(() => {
    if (pending.current === null) return;
    const target = grid?.querySelector<HTMLElement>(`[data-index="${pending.current}"]`);
    if (!target) return;
    pending.current = null;
    target.focus({ preventScroll: true });
  });
  return (index: number) => {
    if (index < 0) return;
    pending.current = index;
    reveal(index);
  };
}
