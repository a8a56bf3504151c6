import { useRef, type PointerEvent } from "react";

import type { Point } from "@/features/mask/drawing/mask";
import type { Painter } from "@/features/mask/easel";
import type { Viewport } from "@/features/mask/viewport";

const MIDDLE = 1;

type Doing = "paint" | "pan" | "pinch" | null;

/** A mouse, a pen or one finger paints; the hand and the middle button pan; two fingers pan and zoom. */
export function usePointers(painter: Painter, viewport: Viewport) {
  const pointers = useRef(new Map<number, Point>());
  const doing = useRef<Doing>(null);
  const down = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, at(event));
    if (pointers.current.size > 1) {
      painter.cancel(); // what the first finger has painted was the beginning of a pinch
      doing.current = "pinch";
      return;
    }
    doing.current = painter.store.getState().tool === "hand" || event.button === MIDDLE ? "pan" : "paint";
    if (doing.current !== "paint") return;
    painter.cancel(); // what the keyboard has begun
    painter.moveTo(viewport.toMask(at(event)));
    painter.begin();
  };
  const move = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    const now = at(event);
    if (!before) return hover(event);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (doing.current === "pinch" && other) pinch(viewport, before, now, other);
    if (doing.current === "pan") viewport.pan({ x: now.x - before.x, y: now.y - before.y });
    if (doing.current === "paint") paintAlong(painter, viewport, event);
  };
  const hover = (event: PointerEvent) => {
    if (event.pointerType !== "touch" && !painter.isBusy) painter.moveTo(viewport.toMask(at(event)));
  };
  const up = (event: PointerEvent) => {
    if (!pointers.current.delete(event.pointerId)) return;
    if (doing.current === "paint") painter.finish();
    if (!pointers.current.size) doing.current = null;
  };
  const lost = (event: PointerEvent) => {
    if (!pointers.current.delete(event.pointerId)) return;
    if (doing.current === "paint") painter.cancel();
    if (!pointers.current.size) doing.current = null;
  };
  return { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: lost };
}

const at = ({ clientX: x, clientY: y }: { clientX: number; clientY: number }): Point => ({ x, y });

/** Every place on the way, also those between two frames. */
function paintAlong(painter: Painter, viewport: Viewport, event: PointerEvent): void {
  const places = event.nativeEvent.getCoalescedEvents?.() ?? [];
  for (const each of places.length ? places : [event]) {
    painter.moveTo(viewport.toMask(at(each)));
    if (painter.store.getState().tool === "lasso") painter.addCorner();
  }
}

/** One of two fingers moved: the picture follows the point between them. */
function pinch(viewport: Viewport, before: Point, now: Point, other: Point): void {
  const distance = (one: Point) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
  viewport.pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
  viewport.zoom(distance(now) / distance(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
}
