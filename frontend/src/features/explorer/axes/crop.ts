/** One crop for all cells of a grid: moved and zoomed without React, which hears only what it has to draw anew. */

const MOST = 8;
/** Of a wheel's movement with Ctrl held: e times as large after so many pixels. */
const WHEEL = 200;
/** Above it a thumbnail is coarser than the screen. */
const SHARP = 1.2;
/** After so many milliseconds without a movement the pictures themselves are asked for. */
const SETTLED_MS = 200;

export interface CropTold {
  /** Whether less than all of each picture is seen; told at once. */
  zoomed: boolean;
  /** How large, once it rests. */
  percent: number;
  /** Whether thumbnails are too coarse, once it rests: 60 pictures that are decoded in between halt the movement. */
  sharp: boolean;
}

/**
 * The same part of every picture is seen. Each cell is moved by itself: a style property of the grid that all inherit
 * made the browser find the styles of all that lies in them anew, 15 ms a frame for 500 cells.
 */
export class Crop {
  #view = { scale: 1, x: 0, y: 0 };
  readonly #cells = new Set<HTMLElement>();
  #told: CropTold = { zoomed: false, percent: 100, sharp: false };
  #frame: number | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  readonly told = (): CropTold => this.#told;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Moves what is in a cell, until the answer is called. */
  readonly cell = (cell: HTMLElement | null): (() => void) | undefined => {
    if (!cell) return undefined;
    this.#cells.add(cell);
    cell.style.transform = this.#transform();
    return () => this.#cells.delete(cell);
  };

  /** Takes from the browser the gestures that zoom: the wheel with Ctrl held, and two fingers on this grid. */
  readonly attach = (grid: HTMLElement | null): (() => void) | undefined => {
    if (!grid) return undefined;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return; // a touchpad's pinch has it, too
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / WHEEL));
    };
    const touch = (event: TouchEvent) => event.touches.length > 1 && event.cancelable && event.preventDefault();
    // not by React, whose own listeners are passive
    grid.addEventListener("wheel", wheel, { passive: false });
    grid.addEventListener("touchstart", touch, { passive: false });
    grid.addEventListener("touchmove", touch, { passive: false });
    return () => {
      grid.removeEventListener("wheel", wheel);
      grid.removeEventListener("touchstart", touch);
      grid.removeEventListener("touchmove", touch);
      if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
      clearTimeout(this.#settling);
      this.#frame = undefined;
    };
  };

  /** By a factor, around the middle of what is seen; 0: all of it again. */
  zoomBy(factor: number): void {
    const { scale, x, y } = this.#view;
    const next = Math.min(Math.max(scale * factor, 1), MOST);
    this.#show({ scale: next, x: (x * next) / scale, y: (y * next) / scale });
  }

  /** By parts of a cell's edge. */
  moveBy(x: number, y: number): void {
    this.#show({ ...this.#view, x: this.#view.x + x, y: this.#view.y + y });
  }

  #show({ scale, x, y }: { scale: number; x: number; y: number }): void {
    const room = (scale - 1) / 2; // of a cell's edge, to either side
    const within = (value: number) => Math.min(Math.max(value, -room), room);
    this.#view = { scale, x: within(x), y: within(y) };
    this.#frame ??= requestAnimationFrame(() => this.#place()); // a wheel tells several movements a frame
    const zoomed = scale > 1;
    if (zoomed !== this.#told.zoomed) this.#tell({ ...this.#told, zoomed });
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#rest(), SETTLED_MS);
  }

  #place(): void {
    this.#frame = undefined;
    const transform = this.#transform();
    for (const cell of this.#cells) cell.style.transform = transform;
  }

  #transform(): string {
    const { scale, x, y } = this.#view;
    return scale === 1 ? "" : `translate(${x * 100}%, ${y * 100}%) scale(${scale})`;
  }

  #rest(): void {
    const { scale } = this.#view;
    this.#tell({ zoomed: scale > 1, percent: Math.round(scale * 100), sharp: scale > SHARP });
  }

  #tell(told: CropTold): void {
    this.#told = told;
    for (const listener of this.#listeners) listener();
  }
}
