/** Arrow keys in a grid that is read row by row. */

export type Direction = "left" | "right" | "up" | "down";

/** The index after one step; at an edge it stays. */
export function step(index: number, direction: Direction, count: number, columns: number): number {
  if (count === 0) return -1;
  if (index < 0) return 0;
  const target = { left: index - 1, right: index + 1, up: index - columns, down: index + columns }[direction];
  if (target < 0) return index;
  if (target >= count)
    return direction === "down" && rowOf(index, columns) < rowOf(count - 1, columns) ? count - 1 : index;
  return target;
}

const rowOf = (index: number, columns: number): number => Math.floor(index / columns);

/** The number of columns of a CSS grid. */
export function columnsOf(grid: HTMLElement): number {
  return getComputedStyle(grid).gridTemplateColumns.split(" ").filter(Boolean).length || 1;
}

/** Focus a picture's tile, if it is on the page. */
export function focusTile(generationId: string): void {
  const tile = document.querySelector<HTMLElement>(`[data-generation="${CSS.escape(generationId)}"] > button`);
  tile?.focus();
  tile?.scrollIntoView({ block: "nearest" });
}
