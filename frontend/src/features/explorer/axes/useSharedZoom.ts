import { useState, useSyncExternalStore, type PointerEvent } from "react";

import { Crop } from "@/features/explorer/axes/crop";
import { Fingers } from "@/lib/gesture/fingers";

/** One crop for all cells, with what is to be drawn of it; `hand`: dragging moves it while it is zoomed, two fingers zoom. */
export function useSharedZoom() {
  const [crop] = useState(() => new Crop());
  const [fingers] = useState(() => new Fingers());
  const told = useSyncExternalStore(crop.subscribe, crop.told);
  const release = (event: PointerEvent) => fingers.up(event);
  const hand = {
    onPointerDown: (event: PointerEvent) => fingers.down(event),
    onPointerMove: (event: PointerEvent) => {
      const moved = fingers.move(event);
      if (!moved) return;
      if (moved.factor !== 1) return crop.zoomBy(moved.factor);
      const cell = event.target instanceof Element && event.target.closest("[data-cell]");
      if (cell && crop.told().zoomed) crop.moveBy(moved.x / (cell.clientWidth || 1), moved.y / (cell.clientWidth || 1));
    },
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave: release,
    onDragStart: (event: { preventDefault: () => void }) => event.preventDefault(),
  };
  /** Whether the pointer has moved too far for a click. */
  const wasMoved = () => fingers.wasMoved && crop.told().zoomed;
  return { crop, attach: crop.attach, told, hand, wasMoved };
}
