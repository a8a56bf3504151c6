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
/** Where the crop goes by an arrow with Shift. */
const SIDES: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};
const ZOOM = 1.5;

/** All pictures of the grid under labels that stay in sight, with one crop for all of them. */
export function AxesGrid({ grid }: { grid: GridShown }) {
  const { setGrid, scale, zoomBy, moveBy, hand } = useSharedZoom();
  const { wasMoved, ...pointers } = hand;
  const [current, setCurrent] = useState(0);
  return (
    <div className="grid min-w-0 gap-2">
      <div className="flex flex-wrap items-center gap-1">
        <p className="grow text-xs wrap-anywhere text-soft">
          {grid.across} across{grid.down && `, ${grid.down} down`}
          {scale > 1 && ` · all at ${Math.round(scale * 100)} %, drag to move`}
        </p>
        <Button
          look="quiet"
          className="pointer-coarse:min-h-11"
          aria-label="Zoom all cells out"
          title="Smaller (−), all of it (0)"
          disabled={scale === 1}
          onClick={() => zoomBy(1 / ZOOM)}
        >
          −
        </Button>
        <Button
          look="quiet"
          className="pointer-coarse:min-h-11"
          aria-label="Zoom all cells in"
          title="The same part of all of them (+)"
          onClick={() => zoomBy(ZOOM)}
        >
          +
        </Button>
      </div>
      <div
        ref={setGrid}
        data-axes
        className={`max-h-[75dvh] overflow-auto rounded-xl border border-line [--zoom-x:0%] [--zoom-y:0%] [--zoom:1] ${scale > 1 ? "touch-none" : "touch-pan-x touch-pan-y"}`}
        onKeyDown={(event) => onKey(event, grid, current, { focus: setCurrent, zoomBy, moveBy })}
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

interface Acts {
  focus: (cell: number) => void;
  zoomBy: (factor: number) => void;
  moveBy: (right: number, down: number) => void;
}

function onKey(event: KeyboardEvent<HTMLElement>, grid: GridShown, current: number, { focus, zoomBy, moveBy }: Acts) {
  if (event.ctrlKey || event.metaKey) return;
  const columns = grid.columns.length;
  const id = grid.rows[Math.floor(current / columns)]?.ids[current % columns] ?? null;
  const complete = id !== null && pictureNow(id)?.status === "complete";
  const arrow = ARROWS[event.key];
  if (arrow && event.shiftKey) moveBy(...SIDES[arrow]);
  else if (arrow) {
    const next = step(current, arrow, columns * grid.rows.length, columns);
    focus(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus();
  } else if (event.key === " " && complete) toggleMark(id, "selected");
  else if (event.key === "e" && complete) exploreFrom(id);
  else if (event.key === "+" || event.key === "=") zoomBy(ZOOM);
  else if (event.key === "-") zoomBy(1 / ZOOM);
  else if (event.key === "0") zoomBy(0);
  else return;
  event.preventDefault();
}

const LABEL = "sticky z-10 bg-panel px-2 py-1 text-sm font-medium";

function Table({ grid, current, zoomed }: { grid: GridShown; current: number; zoomed: boolean }) {
  const columns = grid.columns.length;
  return (
    <table className="border-separate border-spacing-1">
      <caption className="sr-only">
        {grid.across} across{grid.down && `, ${grid.down} down`}
      </caption>
      <thead>
        <tr>
          {grid.down && <td className={`${LABEL} top-0 left-0 z-20`} />}
          {grid.columns.map((name, column) => (
            <th key={column} scope="col" className={`${LABEL} top-0`}>
              <Name name={name} className="w-28 sm:w-40" />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {grid.rows.map(({ name, ids }, row) => (
          <tr key={row}>
            {grid.down && (
              <th scope="row" className={`${LABEL} left-0 text-left`}>
                <Name name={name} className="w-20 sm:w-28" />
              </th>
            )}
            {ids.map((id, column) => (
              <td key={column} className="align-top">
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

/** A label; of a long one so much that the pictures keep their room. */
function Name({ name, className }: { name: string; className: string }) {
  return (
    <span dir="auto" title={name} className={`block ${className}`}>
      <span className="line-clamp-3 wrap-anywhere">{name}</span>
    </span>
  );
}
