import { useEffect, useRef, useState, type PointerEvent } from "react";

import { Fingers } from "@/lib/gesture/fingers";

const MOST = 8;
/** Of a wheel's movement with Ctrl held: e times as large after so many pixels. */
const WHEEL = 200;
/** Of a cell's edge, by one key. */
const BY_KEY = 0.25;

/**
 * One crop for all cells: the same part of every picture is seen, so that details can be compared. It lives in style
 * properties of the grid, which move all cells at once.
 */
export function useSharedZoom() {
  const [grid, setGrid] = useState<HTMLElement | null>(null);
  const view = useRef({ scale: 1, x: 0, y: 0 });
  const [scale, setScale] = useState(1);
  const show = (next: { scale: number; x: number; y: number }) => {
    const room = (next.scale - 1) / 2; // of a cell's edge, to either side
    const within = (value: number) => Math.min(Math.max(value, -room), room);
    view.current = { scale: next.scale, x: within(next.x), y: within(next.y) };
    grid?.style.setProperty("--zoom", String(next.scale));
    grid?.style.setProperty("--zoom-x", `${view.current.x * 100}%`);
    grid?.style.setProperty("--zoom-y", `${view.current.y * 100}%`);
    setScale(next.scale);
  };
  /** By a factor, around the middle of what is seen; 0: all of it again. */
  const zoomBy = (factor: number) => {
    const next = Math.min(Math.max(view.current.scale * factor, 1), MOST);
    const ratio = next / view.current.scale;
    show({ scale: next, x: view.current.x * ratio, y: view.current.y * ratio });
  };
  const moveBy = (right: number, down: number) => {
    const { scale: now, x, y } = view.current;
    show({ scale: now, x: x - right * BY_KEY, y: y - down * BY_KEY });
  };
  useWheelAndPinch(grid, zoomBy);
  return { setGrid, scale, zoomBy, moveBy, hand: useHandInCells(view, show, zoomBy) };
}

/** Takes from the browser the gestures that zoom: the wheel with Ctrl held, and two fingers. */
function useWheelAndPinch(grid: HTMLElement | null, zoomBy: (factor: number) => void): void {
  const latest = useRef(zoomBy);
  useEffect(() => {
    latest.current = zoomBy;
  });
  useEffect(() => {
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return; // a touchpad's pinch has it, too
      event.preventDefault();
      latest.current(Math.exp(-event.deltaY / WHEEL));
    };
    const touch = (event: TouchEvent) => event.touches.length > 1 && event.cancelable && event.preventDefault();
    // not by React, whose own listeners are passive
    grid?.addEventListener("wheel", wheel, { passive: false });
    grid?.addEventListener("touchstart", touch, { passive: false });
    grid?.addEventListener("touchmove", touch, { passive: false });
    return () => {
      grid?.removeEventListener("wheel", wheel);
      grid?.removeEventListener("touchstart", touch);
      grid?.removeEventListener("touchmove", touch);
    };
  }, [grid]);
}

type View = { current: { scale: number; x: number; y: number } };

/** Dragging moves the crop while it is zoomed; two fingers zoom. */
function useHandInCells(view: View, show: (view: View["current"]) => void, zoomBy: (factor: number) => void) {
  const [fingers] = useState(() => new Fingers());
  const release = (event: PointerEvent) => fingers.up(event);
  return {
    onPointerDown: (event: PointerEvent) => fingers.down(event),
    onPointerMove: (event: PointerEvent) => {
      const moved = fingers.move(event);
      if (!moved) return;
      if (moved.factor !== 1) return zoomBy(moved.factor);
      const cell = event.target instanceof Element && event.target.closest("[data-cell]");
      if (view.current.scale === 1 || !cell) return;
      const edge = cell.clientWidth || 1;
      show({ ...view.current, x: view.current.x + moved.x / edge, y: view.current.y + moved.y / edge });
    },
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave: release,
    onDragStart: (event: { preventDefault: () => void }) => event.preventDefault(),
    /** Whether the pointer has moved too far for a click. */
    wasMoved: () => fingers.wasMoved && view.current.scale > 1,
  };
}
