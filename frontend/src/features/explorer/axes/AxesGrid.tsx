import { useState, type KeyboardEvent } from "react";

import { Button } from "@/components/Button";
import type { GridShown } from "@/features/explorer/axes/cells";
import { exploreFrom, GridCell } from "@/features/explorer/axes/GridCell";
import { useSharedZoom } from "@/features/explorer/axes/useSharedZoom";
import { pictureNow } from "@/features/explorer/pictures";
import { toggleMark } from "@/features/explorer/useExplorer";
import { step, type Direction } from "@/lib/grid";

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** All pictures of the grid under labels that stay in sight, with one crop for all of them. */
export function AxesGrid({ grid }: { grid: GridShown }) {
  const { setGrid, scale, zoomBy, hand } = useSharedZoom();
  const { wasMoved, ...pointers } = hand;
  const [current, setCurrent] = useState(0);
  const columns = grid.columns.length;
  const keys = (event: KeyboardEvent<HTMLElement>) => {
    const arrow = ARROWS[event.key];
    const id = grid.rows[Math.floor(current / columns)]?.ids[current % columns] ?? null;
    const complete = id !== null && pictureNow(id)?.status === "complete";
    if (arrow) {
      const next = step(current, arrow, columns * grid.rows.length, columns);
      setCurrent(next);
      event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus();
    } else if (event.key === " " && complete) toggleMark(id, "selected");
    else if (event.key === "e" && complete) exploreFrom(id);
    else if (event.key === "+" || event.key === "-") zoomBy(event.key === "+" ? 1.5 : 1 / 1.5);
    else return;
    event.preventDefault();
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-1">
        <p className="grow text-xs text-soft">
          {grid.across} across{grid.down && `, ${grid.down} down`}
          {scale > 1 && ` · all at ${Math.round(scale * 100)} %, drag to move`}
        </p>
        <Button look="quiet" aria-label="Zoom all cells out" disabled={scale === 1} onClick={() => zoomBy(1 / 1.5)}>
          −
        </Button>
        <Button
          look="quiet"
          aria-label="Zoom all cells in"
          title="The same part of all of them"
          onClick={() => zoomBy(1.5)}
        >
          +
        </Button>
      </div>
      <div
        ref={setGrid}
        data-axes
        className={`max-h-[75dvh] overflow-auto rounded-xl border border-line [--zoom-x:0%] [--zoom-y:0%] [--zoom:1] ${scale > 1 ? "touch-none" : "touch-pan-x touch-pan-y"}`}
        onKeyDown={keys}
        onKeyUp={(event) => event.key === " " && event.preventDefault()} // Firefox presses a button on Space
        {...pointers}
        onClickCapture={(event) => {
          if (event.detail === 0 || !wasMoved()) return;
          event.stopPropagation();
          event.preventDefault();
        }}
        onFocus={({ target }) => {
          const cell = target.closest<HTMLElement>("[data-cell]")?.dataset["cell"];
          if (cell !== undefined) setCurrent(Number(cell));
        }}
      >
        <Table grid={grid} current={current} zoomed={scale > 1.2} />
      </div>
    </div>
  );
}

function Table({ grid, current, zoomed }: { grid: GridShown; current: number; zoomed: boolean }) {
  const label = "sticky z-10 bg-panel px-2 py-1 text-sm font-medium";
  const columns = grid.columns.length;
  return (
    <table className="border-separate border-spacing-1">
      <caption className="sr-only">
        {grid.across} across{grid.down && `, ${grid.down} down`}
      </caption>
      <thead>
        <tr>
          {grid.down && <td className={`${label} top-0 left-0 z-20`} />}
          {grid.columns.map((name) => (
            <th key={name} scope="col" className={`${label} top-0`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {grid.rows.map(({ name, ids }, row) => (
          <tr key={name}>
            {grid.down && (
              <th scope="row" className={`${label} left-0 max-w-28 text-left`}>
                {name}
              </th>
            )}
            {ids.map((id, column) => (
              <td key={grid.columns[column]} className="w-44 min-w-28 align-top">
                <GridCell
                  id={id}
                  place={String(row * columns + column)}
                  words={[`${grid.across} ${grid.columns[column]}`, name && `${grid.down} ${name}`]
                    .filter(Boolean)
                    .join(", ")}
                  tabbable={row * columns + column === current}
                  zoomed={zoomed}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
