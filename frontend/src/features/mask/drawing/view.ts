/** Which part of the picture is seen, and how large. */
import type { Point } from "@/features/mask/drawing/mask";

/** A point of the mask lies at `x + scale × point` in the frame. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MOST_ZOOM = 16;
/** Of the whole picture's size on the screen. */
const LEAST_ZOOM = 0.5;
/** Pixels of the frame in which some of the picture stays. */
const SEEN = 48;

/** The whole picture, in the middle. */
export function fitted(mask: Size, frame: Size): View {
  const scale = Math.min(frame.width / mask.width, frame.height / mask.height);
  return { scale, x: (frame.width - mask.width * scale) / 2, y: (frame.height - mask.height * scale) / 2 };
}

/** Larger or smaller by a factor around a point of the frame. */
export function zoomed(view: View, factor: number, at: Point, mask: Size, frame: Size): View {
  const whole = fitted(mask, frame).scale;
  const scale = Math.min(Math.max(view.scale * factor, whole * LEAST_ZOOM), Math.max(whole, 1) * MOST_ZOOM);
  const ratio = scale / view.scale;
  return kept({ scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio }, mask, frame);
}

export const panned = (view: View, by: Point, mask: Size, frame: Size): View =>
  kept({ ...view, x: view.x + by.x, y: view.y + by.y }, mask, frame);

/** So that the picture cannot be lost beside the frame. */
function kept(view: View, mask: Size, frame: Size): View {
  const within = (place: number, length: number, room: number) =>
    Math.min(Math.max(place, SEEN - length * view.scale), room - SEEN);
  return { ...view, x: within(view.x, mask.width, frame.width), y: within(view.y, mask.height, frame.height) };
}

export const toMask = ({ scale, x, y }: View, at: Point): Point => ({ x: (at.x - x) / scale, y: (at.y - y) / scale });

export const toFrame = ({ scale, x, y }: View, point: Point): Point => ({
  x: x + point.x * scale,
  y: y + point.y * scale,
});
