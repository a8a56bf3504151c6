/** The frame in which the picture is seen: which part of it, and how large. */
import { createStore } from "zustand";

import type { Mask, Point } from "@/features/mask/drawing/mask";
import { fitted, panned, toMask, zoomed, type Size, type View } from "@/features/mask/drawing/view";

/** Of a wheel's movement: the picture is e times as large after so many pixels. */
const WHEEL = 400;

export class Viewport {
  readonly store = createStore<View>()(() => ({ scale: 1, x: 0, y: 0 }));
  #frame: HTMLElement | null = null;

  constructor(private readonly mask: Mask) {}

  /** Shows the whole picture in the frame, again when the frame changes; the wheel zooms. Call the answer to end it. */
  attach(frame: HTMLElement): () => void {
    this.#frame = frame;
    this.fit();
    const watch = new ResizeObserver(() => this.fit());
    watch.observe(frame);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / WHEEL), { x: event.clientX, y: event.clientY });
    };
    frame.addEventListener("wheel", wheel, { passive: false }); // React's own listener is passive
    return () => {
      watch.disconnect();
      frame.removeEventListener("wheel", wheel);
      this.#frame = null;
    };
  }

  /** The whole picture. */
  fit(): void {
    this.#show((_, size) => fitted(this.mask, size));
  }

  /** By pixels of the screen. */
  pan(by: Point): void {
    this.#show((view, size) => panned(view, by, this.mask, size));
  }

  /** By a factor around a point of the screen. */
  zoom(factor: number, at: Point): void {
    this.#show((view, size) => zoomed(view, factor, this.#inFrame(at), this.mask, size));
  }

  /** By a factor around the frame's middle. */
  zoomBy(factor: number): void {
    this.#show((view, size) => zoomed(view, factor, { x: size.width / 2, y: size.height / 2 }, this.mask, size));
  }

  toMask(client: Point): Point {
    return toMask(this.store.getState(), this.#inFrame(client));
  }

  /** Pixels of the mask for one of the screen. */
  get perPixel(): number {
    return 1 / this.store.getState().scale;
  }

  #inFrame(client: Point): Point {
    const box = this.#frame?.getBoundingClientRect();
    return { x: client.x - (box?.left ?? 0), y: client.y - (box?.top ?? 0) };
  }

  #show(next: (view: View, size: Size) => View): void {
    const box = this.#frame?.getBoundingClientRect();
    if (box?.width && box.height) this.store.setState(next(this.store.getState(), box));
  }
}
