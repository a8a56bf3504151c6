/** A mask as numbers, and what changes it: pure, so that every tool can be tried without a canvas. */

export interface Mask {
  readonly width: number;
  readonly height: number;
  /** One byte a pixel, by rows: 0 keeps the picture, 255 has it drawn anew, between them it fades. */
  readonly data: Uint8Array;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Whole pixels; `right` and `bottom` lie outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Brush {
  /** In pixels of the mask. */
  readonly radius: number;
  /** From 0, fading from the middle, to 1, with a sharp edge. */
  readonly hardness: number;
  readonly erasing: boolean;
}

export const FULL = 255;

/** Most pixels of a mask: of larger pictures it is a smaller one of the same shape, which the hub enlarges. */
export const MOST_PIXELS = 2048 * 2048;

/** The size of the mask for a picture of this size. */
export function sizeFor(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  return { width: Math.max(Math.floor(width * scale), 1), height: Math.max(Math.floor(height * scale), 1) };
}

export const emptyMask = (width: number, height: number): Mask => ({
  width,
  height,
  data: new Uint8Array(width * height),
});

export const whole = ({ width, height }: Mask): Box => ({ left: 0, top: 0, right: width, bottom: height });

export const isEmpty = ({ left, top, right, bottom }: Box): boolean => right <= left || bottom <= top;

export function around(one: Box | null, other: Box): Box {
  if (!one || isEmpty(one)) return other;
  if (isEmpty(other)) return one;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** The pixels within `reach` of some points, as far as the mask has them. */
function boxOf({ width, height }: Mask, points: readonly Point[], reach: number): Box {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    left: Math.max(Math.floor(Math.min(...xs) - reach), 0),
    top: Math.max(Math.floor(Math.min(...ys) - reach), 0),
    right: Math.min(Math.ceil(Math.max(...xs) + reach) + 1, width),
    bottom: Math.min(Math.ceil(Math.max(...ys) + reach) + 1, height),
  };
}

/** The share of the mask that is drawn anew, 0 to 1. */
export function coverage({ data }: Mask): number {
  let sum = 0;
  for (const value of data) sum += value;
  return sum / (data.length * FULL);
}

/** One straight piece of a stroke; answers what it may have changed. Going over a place again changes it no further. */
export function strokePiece(mask: Mask, from: Point, to: Point, brush: Brush): Box {
  const box = boxOf(mask, [from, to], brush.radius);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squared = dx * dx + dy * dy;
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
      const along = squared ? Math.min(Math.max((px * dx + py * dy) / squared, 0), 1) : 0;
      const value = pressure(Math.hypot(px - along * dx, py - along * dy), brush);
      if (value) put(mask, y * mask.width + x, value, brush.erasing);
    }
  }
  return box;
}

/** How strongly a brush works at this distance from its middle, 0 to 255. */
function pressure(distance: number, { radius, hardness }: Brush): number {
  if (distance >= radius + 0.5) return 0;
  const soft = Math.max(radius * (1 - hardness), 1); // one pixel at least, so that no edge is jagged
  const part = Math.min(Math.max((radius + 0.5 - distance) / soft, 0), 1);
  return Math.round(FULL * part * part * (3 - 2 * part));
}

function put({ data }: Mask, index: number, value: number, erasing: boolean): void {
  const before = data[index] ?? 0;
  data[index] = erasing ? Math.min(before, FULL - value) : Math.max(before, value);
}

export function fillRectangle(mask: Mask, one: Point, other: Point, erasing: boolean): Box {
  const box: Box = {
    left: Math.max(Math.round(Math.min(one.x, other.x)), 0),
    top: Math.max(Math.round(Math.min(one.y, other.y)), 0),
    right: Math.min(Math.round(Math.max(one.x, other.x)), mask.width),
    bottom: Math.min(Math.round(Math.max(one.y, other.y)), mask.height),
  };
  for (let y = box.top; y < box.bottom && !isEmpty(box); y++)
    mask.data.fill(erasing ? 0 : FULL, y * mask.width + box.left, y * mask.width + box.right);
  return box;
}

/** The inside of a closed outline; where it crosses itself, what lies within an even number of its rounds is outside. */
export function fillOutline(mask: Mask, outline: readonly Point[], erasing: boolean): Box {
  const box = boxOf(mask, outline, 0);
  for (let y = box.top; y < box.bottom; y++) {
    const crossings = crossingsAt(outline, y + 0.5);
    for (let index = 0; index + 1 < crossings.length; index += 2) {
      const start = Math.max(Math.round(crossings[index] ?? 0), box.left);
      const end = Math.min(Math.round(crossings[index + 1] ?? 0), box.right);
      if (end > start) mask.data.fill(erasing ? 0 : FULL, y * mask.width + start, y * mask.width + end);
    }
  }
  return box;
}

function crossingsAt(outline: readonly Point[], y: number): number[] {
  return outline
    .flatMap((from, index) => {
      const to = outline[(index + 1) % outline.length];
      if (!to || from.y <= y === to.y <= y) return [];
      return [from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)];
    })
    .sort((one, other) => one - other);
}

export function invert({ data }: Mask): void {
  for (let index = 0; index < data.length; index++) data[index] = FULL - (data[index] ?? 0);
}

export const clear = ({ data }: Mask): void => void data.fill(0);
