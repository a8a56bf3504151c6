import { useRef, type MouseEvent, type PointerEvent } from "react";

import type { Surface } from "@/features/explorer/map/surface";

/** So many pixels are still a click. */
const CLICK = 6;

/** A mouse, a pen or one finger moves the map, two fingers zoom it; what was moved is no click. */
export function useHand(surface: Surface) {
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(0);
  const down = (event: PointerEvent) => {
    if (event.button > 1) return;
    if (!pointers.current.size) moved.current = 0;
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const release = (event: PointerEvent) => void pointers.current.delete(event.pointerId);
  const move = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    if (event.pointerType === "mouse" && !event.buttons) return release(event); // it was let go of elsewhere
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    const [x, y] = [now.x - before.x, now.y - before.y];
    moved.current += Math.hypot(x, y);
    if (!other && moved.current <= CLICK) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, now);
    if (!other) return surface.panBy(x, y);
    const distance = (one: typeof now) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
    surface.panBy(x / 2, y / 2);
    surface.zoomAt(distance(now) / distance(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  };
  return {
    onPointerDown: down,
    onPointerMove: move,
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave: (event: PointerEvent) => event.buttons === 0 && release(event),
    onDragStart: (event: { preventDefault: () => void }) => event.preventDefault(),
    onClickCapture: (event: MouseEvent) => {
      if (moved.current <= CLICK || event.detail === 0) return; // 0: by the keyboard
      event.stopPropagation();
      event.preventDefault();
    },
  };
}
