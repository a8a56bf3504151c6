/** Softens the edges of a mask: three running means each way, which together are close to a Gaussian. */
import type { Mask } from "@/features/mask/drawing/mask";

const ROUNDS = 3;

/** `radius`: pixels over which each mean runs, either way. At the picture's border the mask goes on as it ends. */
export function feather({ width, height, data }: Mask, radius: number): void {
  const line = new Uint8Array(Math.max(width, height));
  for (let round = 0; round < ROUNDS; round++) {
    for (let y = 0; y < height; y++) smooth(data, line, y * width, 1, width, radius);
    for (let x = 0; x < width; x++) smooth(data, line, x, width, height, radius);
  }
}

/** One line of `length` pixels that begins at `start` and goes on by `step`; `line` is room to work in. */
function smooth(data: Uint8Array, line: Uint8Array, start: number, step: number, length: number, radius: number): void {
  for (let place = 0; place < length; place++) line[place] = data[start + place * step] ?? 0;
  const at = (place: number): number => line[Math.min(Math.max(place, 0), length - 1)] ?? 0;
  let sum = 0;
  for (let place = -radius; place <= radius; place++) sum += at(place);
  for (let place = 0; place < length; place++) {
    data[start + place * step] = Math.round(sum / (2 * radius + 1));
    sum += at(place + radius + 1) - at(place - radius);
  }
}
