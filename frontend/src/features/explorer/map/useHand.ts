import { useState, type MouseEvent, type PointerEvent } from "react";

import type { Surface } from "@/features/explorer/map/surface";
import { Fingers } from "@/lib/gesture/fingers";

/** A mouse, a pen or one finger moves the map, two fingers zoom it; what was moved is no click. */
export function useHand(surface: Surface) {
  const [fingers] = useState(() => new Fingers());
  const release = (event: PointerEvent) => fingers.up(event);
  return {
    onPointerDown: (event: PointerEvent) => event.button <= 1 && fingers.down(event),
    onPointerMove: (event: PointerEvent) => {
      const moved = fingers.move(event);
      if (!moved) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      surface.panBy(moved.x, moved.y);
      if (moved.factor !== 1) surface.zoomAt(moved.factor, moved.at);
    },
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave: (event: PointerEvent) => event.buttons === 0 && release(event),
    onDragStart: (event: { preventDefault: () => void }) => event.preventDefault(),
    onClickCapture: (event: MouseEvent) => {
      if (!fingers.wasMoved || event.detail === 0) return; // 0: by the keyboard
      event.stopPropagation();
      event.preventDefault();
    },
  };
}
