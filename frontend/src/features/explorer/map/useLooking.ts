import { useEffect, useLayoutEffect, useRef } from "react";

import type { Point } from "@/features/explorer/map/layout";
import type { Surface } from "@/features/explorer/map/surface";

/** The elements that the surface moves; what becomes the centre comes into the middle. */
export function useLooking(surface: Surface, middle: Point | undefined) {
  const frame = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const { x, y } = middle ?? { x: 0, y: 0 };
  useLayoutEffect(() => {
    if (frame.current && world.current) return surface.attach(frame.current, world.current);
    return undefined;
  }, [surface]);
  const first = useRef(true);
  useEffect(() => {
    surface.centreOn({ x, y }, !first.current);
    first.current = false;
  }, [surface, x, y]);
  return { frame, world };
}
