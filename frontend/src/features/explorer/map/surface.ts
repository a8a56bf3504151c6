/** The surface that the map lies on: moved and zoomed without React, which hears only when other tiles come into sight. */
import { CELL, type Point } from "@/features/explorer/map/layout";

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const LEAST_SCALE = 0.3;
/** Below it no word on a tile can be read. */
const FAR = 0.5;
/** Above it a thumbnail is coarser than the screen. */
const SHARP = 1.6;
/** After so many milliseconds without a movement the map is drawn anew at its scale. */
const SETTLED_MS = 200;
export const MOST_SCALE = 4;
/** Of a wheel's movement: e times as large after so many pixels. */
const WHEEL = 400;
/** The same of two fingers on a touchpad, which browsers tell as a wheel with Ctrl held, in small steps. */
const PINCH = 100;
/** What is in sight is told in steps of so many pixels of the map, with as much around it. */
const STEP = 400;
/** Pixels of a centre with its neighbours, which fit into a small frame at first. */
const NEIGHBOURHOOD = 3 * CELL;

export class Surface {
  #view = { x: 0, y: 0, scale: 1 };
  #frame: HTMLElement | null = null;
  #world: HTMLElement | null = null;
  #size = { width: 0, height: 0 };
  #middle: Point = { x: 0, y: 0 };
  #inSight = "";
  #settling: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  get scale(): number {
    return this.#view.scale;
  }

  /** Shows the map in the frame; the wheel zooms. Call the answer to end it. */
  attach(frame: HTMLElement, world: HTMLElement): () => void {
    [this.#frame, this.#world] = [frame, world];
    this.#measure();
    if (this.#size.width) this.#view.scale = this.#fitting();
    this.centreOn(this.#middle);
    const watch = new ResizeObserver(() => {
      this.#measure();
      this.centreOn(this.#middle);
    });
    watch.observe(frame);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      this.zoomAt(Math.exp(-event.deltaY / (event.ctrlKey ? PINCH : WHEEL)), { x: event.clientX, y: event.clientY });
    };
    frame.addEventListener("wheel", wheel, { passive: false }); // React's own listener is passive
    return () => {
      watch.disconnect();
      clearTimeout(this.#settling);
      frame.removeEventListener("wheel", wheel);
      this.#frame = this.#world = null;
    };
  }

  /** This point of the map in the middle of the frame. */
  centreOn(point: Point, smoothly = false): void {
    const { scale } = this.#view;
    const { width, height } = this.#size;
    this.#show({ scale, x: width / 2 - point.x * scale, y: height / 2 - point.y * scale }, smoothly);
  }

  /** A centre in the middle, as large as at first, so that all its neighbours can be reached again. */
  home(centre: Point = { x: 0, y: 0 }): void {
    this.#view.scale = this.#fitting();
    this.centreOn(centre, true);
  }

  #fitting(): number {
    const { width, height } = this.#size;
    return Math.min(1, Math.max(Math.min(width, height) / NEIGHBOURHOOD, LEAST_SCALE));
  }

  /** By pixels of the screen. */
  panBy(x: number, y: number): void {
    this.#show({ ...this.#view, x: this.#view.x + x, y: this.#view.y + y });
  }

  /** By a factor around a point of the screen; without one, around the middle. */
  zoomAt(factor: number, at?: Point): void {
    const box = this.#frame?.getBoundingClientRect();
    const { width, height } = this.#size;
    const [x, y] = at && box ? [at.x - box.left, at.y - box.top] : [width / 2, height / 2];
    const scale = Math.min(Math.max(this.#view.scale * factor, LEAST_SCALE), MOST_SCALE);
    const ratio = scale / this.#view.scale;
    this.#show({ scale, x: x - (x - this.#view.x) * ratio, y: y - (y - this.#view.y) * ratio });
  }

  /** Moves only where this point is not well inside the frame. */
  reveal(point: Point, around: number): void {
    const { x, y, scale } = this.#view;
    const [left, top] = [point.x * scale + x, point.y * scale + y];
    const room = around * scale;
    const { width, height } = this.#size;
    const inside = left > room && top > room && left < width - room && top < height - room;
    if (!inside) this.centreOn(point, true);
  }

  /** Whether thumbnails are too coarse at this scale. */
  readonly isNear = (): boolean => this.#view.scale > SHARP;

  /** What may be in sight, in pixels of the map. */
  readonly inSight = (): string => this.#inSight;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #measure(): void {
    const box = this.#frame?.getBoundingClientRect();
    if (box) this.#size = { width: box.width, height: box.height };
  }

  #show(view: { x: number; y: number; scale: number }, smoothly = false): void {
    this.#view = view;
    const { width, height } = this.#size;
    this.#middle = { x: (width / 2 - view.x) / view.scale, y: (height / 2 - view.y) / view.scale };
    if (this.#world) this.#place(this.#world, smoothly);
    const step = (value: number, round: (value: number) => number) => round(value / STEP) * STEP;
    const [left, top] = [-view.x / view.scale, -view.y / view.scale];
    const seen = [
      step(left, Math.floor) - STEP,
      step(top, Math.floor) - STEP,
      step(left + width / view.scale, Math.ceil) + STEP,
      step(top + height / view.scale, Math.ceil) + STEP,
      Number(this.isNear()),
    ].join(" ");
    if (seen === this.#inSight) return;
    this.#inSight = seen;
    for (const listener of this.#listeners) listener();
  }

  /** While it moves, what was drawn is only shifted and stretched. */
  #place(world: HTMLElement, smoothly: boolean): void {
    const { x, y, scale } = this.#view;
    world.style.transition = smoothly ? "transform 250ms ease-out" : "none";
    world.style.transform = `translate3d(${x}px, ${y}px, 0) scale(${scale})`;
    world.style.willChange = "transform";
    world.toggleAttribute("data-far", scale < FAR);
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => (world.style.willChange = "auto"), SETTLED_MS);
  }
}

/** From what `inSight` tells. */
export function boxOf(inSight: string): Box {
  const [left = 0, top = 0, right = 0, bottom = 0] = inSight.split(" ").map(Number);
  return { left, top, right, bottom };
}
