import { useCallback, useLayoutEffect, useState } from "react";

const GAP = 8;
const SMALLEST_TILE = 140;
const FEWEST_COLUMNS = 3;
const MOST_COLUMNS = 10;

export interface GridLayout {
  columns: number;
  tile: number;
  gap: number;
  /** Pixels from the page's top to the grid. */
  top: number;
}

const UNKNOWN: GridLayout = { columns: FEWEST_COLUMNS, tile: SMALLEST_TILE, gap: GAP, top: 0 };

export function useGridLayout(grid: HTMLElement | null): GridLayout {
  const [layout, setLayout] = useState(UNKNOWN);
  const measure = useCallback(() => {
    if (!grid) return;
    const next = layoutOf(grid.offsetWidth, Math.round(grid.getBoundingClientRect().top + window.scrollY));
    setLayout((before) =>
      before.tile === next.tile && before.columns === next.columns && before.top === next.top ? before : next,
    );
  }, [grid]);
  useLayoutEffect(() => {
    if (!grid) return;
    window.addEventListener("resize", measure);
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(measure);
    observer?.observe(grid);
    return () => {
      window.removeEventListener("resize", measure);
      observer?.disconnect();
    };
  }, [grid, measure]);
  // content above the grid may change its height with any render
  useLayoutEffect(measure);
  return layout;
}

function layoutOf(width: number, top: number): GridLayout {
  const fitting = Math.floor((width + GAP) / (SMALLEST_TILE + GAP));
  const columns = Math.min(Math.max(fitting, FEWEST_COLUMNS), MOST_COLUMNS);
  return { columns, tile: Math.max((width - GAP * (columns - 1)) / columns, 1), gap: GAP, top };
}
