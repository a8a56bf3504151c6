import { memo, useState, type KeyboardEvent } from "react";

import { Button } from "@/components/Button";
import type { GridShown } from "@/features/explorer/axes/cells";
import type { Crop } from "@/features/explorer/axes/crop";
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
/** By an arrow with Shift the crop goes there, by so much of a cell's edge. */
const SIDES: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [0.25, 0],
  right: [-0.25, 0],
  up: [0, 0.25],
  down: [0, -0.25],
};
const ZOOM = 1.5;

/** All pictures of the grid under labels that stay in sight, with one crop for all of them. */
export function AxesGrid({ grid }: { grid: GridShown }) {
  const { crop, attach, told, hand, wasMoved } = useSharedZoom();
  const [current, setCurrent] = useState(0);
  return (
    <div className="grid min-w-0 gap-2">
      <div className="flex flex-wrap items-center gap-1">
        <p className="grow text-xs wrap-anywhere text-soft">
          {grid.across} across{grid.down && `, ${grid.down} down`}
          {told.zoomed && told.percent > 100 && ` · all at ${told.percent} %, drag to move`}
        </p>
        <Button
          look="quiet"
          className="pointer-coarse:min-h-11"
          aria-label="Zoom all cells out"
          title="Smaller (−), all of it (0)"
          disabled={!told.zoomed}
          onClick={() => crop.zoomBy(1 / ZOOM)}
        >
          −
        </Button>
        <Button
          look="quiet"
          className="pointer-coarse:min-h-11"
          aria-label="Zoom all cells in"
          title="The same part of all of them (+)"
          onClick={() => crop.zoomBy(ZOOM)}
        >
          +
        </Button>
      </div>
      <div
        ref={attach}
        data-axes
        className={`max-h-[75dvh] overflow-auto rounded-xl border border-line ${told.zoomed ? "touch-none" : "touch-pan-x touch-pan-y"}`}
        onKeyDown={(event) => onKey(event, grid, current, setCurrent, crop)}
        onKeyUp={(event) => event.key === " " && event.preventDefault()} // Firefox presses a button on Space
        {...hand}
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
        <Table grid={grid} current={current} sharp={told.sharp} crop={crop} />
      </div>
    </div>
  );
}

type Focus = (cell: number) => void;

function onKey(event: KeyboardEvent<HTMLElement>, grid: GridShown, current: number, focus: Focus, crop: Crop) {
  if (event.ctrlKey || event.metaKey) return;
  const columns = grid.columns.length;
  const id = grid.rows[Math.floor(current / columns)]?.ids[current % columns] ?? null;
  const complete = id !== null && pictureNow(id)?.status === "complete";
  const arrow = ARROWS[event.key];
  if (arrow && event.shiftKey) crop.moveBy(...SIDES[arrow]);
  else if (arrow) {
    const next = step(current, arrow, columns * grid.rows.length, columns);
    focus(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus();
  } else if (event.key === " " && complete) toggleMark(id, "selected");
  else if (event.key === "e" && complete) exploreFrom(id);
  else if (event.key === "+" || event.key === "=") crop.zoomBy(ZOOM);
  else if (event.key === "-") crop.zoomBy(1 / ZOOM);
  else if (event.key === "0") crop.zoomBy(0);
  else return;
  event.preventDefault();
}

const LABEL = "sticky z-10 bg-panel px-2 py-1 text-sm font-medium";

interface TableProps {
  grid: GridShown;
  current: number;
  sharp: boolean;
  crop: Crop;
}

const Table = memo(function Table({ grid, current, sharp, crop }: TableProps) {
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
                  sharp={sharp}
                  crop={crop}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
});

/** A label; of a long one so much that the pictures keep their room. */
function Name({ name, className }: { name: string; className: string }) {
  return (
    <span dir="auto" title={name} className={`block ${className}`}>
      <span className="line-clamp-3 wrap-anywhere">{name}</span>
    </span>
  );
}
