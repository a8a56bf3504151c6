/** Draws a text as a QR code: rows of modules, true is dark. */
import { bitsOf, filledWith } from "@/features/phone/qr/codewords";
import { MASKS, penaltyOf } from "@/features/phone/qr/masks";
import { sizeOf, type Version } from "@/features/phone/qr/versions";

export type Modules = readonly (readonly boolean[])[];

/** Error correction M as it is written into the code. */
const LEVEL = 0b00;

/** Null for more than 213 bytes of UTF-8. */
export function qrCode(text: string): Modules | null {
  const filled = filledWith(text);
  if (!filled) return null;
  const { version, codewords } = filled;
  const fixed = patternsOf(version);
  const bits = codewords.flatMap((each) => bitsOf(each, 8));
  const drawn = MASKS.map((_, mask) => masked(fixed, bits, mask));
  return drawn.reduce((best, each) => (penaltyOf(each) < penaltyOf(best) ? each : best));
}

/** Modules that do not depend on the text; undefined where it goes. Those of the format are still light. */
type Fixed = (boolean | undefined)[][];

function patternsOf(version: Version): Fixed {
  const size = sizeOf(version);
  const fixed: Fixed = Array.from({ length: size }, () => Array<boolean | undefined>(size).fill(undefined));
  const set = (row: number, column: number, dark: boolean) => {
    const line = fixed[row];
    if (line && column >= 0 && column < size) line[column] = dark;
  };
  for (let each = 0; each < size; each++) {
    set(6, each, each % 2 === 0);
    set(each, 6, each % 2 === 0);
  }
  const square = (row: number, column: number, reach: number, isDark: (distance: number) => boolean) => {
    for (let down = -reach; down <= reach; down++)
      for (let right = -reach; right <= reach; right++)
        set(row + down, column + right, isDark(Math.max(Math.abs(down), Math.abs(right))));
  };
  const last = version.aligned.at(-1);
  for (const row of version.aligned)
    for (const column of version.aligned) {
      const inFinder = (row === 6 && (column === 6 || column === last)) || (row === last && column === 6);
      if (!inFinder) square(row, column, 2, (distance) => distance !== 1);
    }
  const corners = [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const;
  for (const [row, column] of corners) square(row, column, 4, (distance) => distance !== 2 && distance !== 4);
  formatPlaces(size).forEach(([row, column]) => set(row, column, false));
  set(size - 8, 8, true);
  if (version.number >= 7)
    withCheck(version.number, 6, 0x1f25).forEach((bit, index) => {
      const [far, near] = [size - 11 + (index % 3), Math.floor(index / 3)];
      set(far, near, bit === 1);
      set(near, far, bit === 1);
    });
  return fixed;
}

/** Bits of a value and of its check behind them, the lowest first. */
function withCheck(value: number, bits: number, polynomial: number): number[] {
  const check = polynomial.toString(2).length - 1;
  let rest = value << check;
  for (let bit = bits + check - 1; bit >= check; bit--) if ((rest >>> bit) & 1) rest ^= polynomial << (bit - check);
  return bitsOf((value << check) | rest, bits + check).reverse();
}

/** Where the fifteen bits of the format are, twice, the lowest first. */
function formatPlaces(size: number): [number, number][] {
  const first = Array.from({ length: 15 }, (_, bit): [number, number] => {
    if (bit < 8) return [bit < 6 ? bit : bit + 1, 8];
    return [8, bit === 8 ? 7 : 14 - bit];
  });
  const second = Array.from({ length: 15 }, (_, bit): [number, number] =>
    bit < 8 ? [8, size - 1 - bit] : [size - 15 + bit, 8],
  );
  return [...first, ...second];
}

function masked(fixed: Fixed, bits: readonly number[], mask: number): boolean[][] {
  const size = fixed.length;
  const isFlipped = MASKS[mask] ?? (() => false);
  const modules = fixed.map((row) => row.map((each) => each ?? false));
  let next = 0;
  for (const [row, column] of path(size)) {
    const line = modules[row];
    if (!line || fixed[row]?.[column] !== undefined) continue;
    line[column] = (bits[next++] === 1) !== isFlipped(row, column);
  }
  const format = withCheck((LEVEL << 3) | mask, 5, 0x537).map((bit, index) => bit ^ ((0x5412 >>> index) & 1));
  formatPlaces(size).forEach(([row, column], index) => {
    const line = modules[row];
    if (line) line[column] = format[index % 15] === 1;
  });
  return modules;
}

/** In pairs of columns from the right, by turns upwards and downwards; the column of the timing pattern is left out. */
function* path(size: number): Generator<[number, number]> {
  let upwards = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const row = upwards ? size - 1 - step : step;
      yield [row, right];
      yield [row, right - 1];
    }
    upwards = !upwards;
  }
}
