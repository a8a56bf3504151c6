/** Reads a QR code at error correction M as a scanner does once it has found the modules, with a check of every codeword. */

type Modules = readonly (readonly boolean[])[];

/** Total codewords, correction codewords a block, blocks, centres of the alignment patterns; by version. */
const TABLE: Record<number, [number, number, number, number[]]> = {
  1: [26, 10, 1, []],
  2: [44, 16, 1, [6, 18]],
  3: [70, 26, 1, [6, 22]],
  4: [100, 18, 2, [6, 26]],
  5: [134, 24, 2, [6, 30]],
  6: [172, 16, 4, [6, 34]],
  7: [196, 18, 4, [6, 22, 38]],
  8: [242, 22, 4, [6, 24, 42]],
  9: [292, 22, 5, [6, 26, 46]],
  10: [346, 26, 5, [6, 28, 50]],
};

/** The formats of the masks 0 to 7 at this level, as the standard lists them. */
const FORMATS = [0x5412, 0x5125, 0x5e7c, 0x5b4b, 0x45f9, 0x40ce, 0x4f97, 0x4aa0];

const FLIPS = [
  (i: number, j: number) => (i + j) % 2 === 0,
  (i: number) => i % 2 === 0,
  (_: number, j: number) => j % 3 === 0,
  (i: number, j: number) => (i + j) % 3 === 0,
  (i: number, j: number) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i: number, j: number) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i: number, j: number) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i: number, j: number) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

/** Throws where a scanner would find a mistake. */
export function read(modules: Modules): string {
  const size = modules.length;
  const version = (size - 17) / 4;
  const [total, correction, blocks, aligned] = TABLE[version]!;
  const flip = FLIPS[FORMATS.indexOf(format(modules))];
  if (!flip) throw new Error("no format of this level");
  const bits: number[] = [];
  for (let pair = size - 1, up = true; pair > 0; pair -= 2, up = !up) {
    if (pair === 6) pair = 5;
    for (let step = 0; step < size; step++)
      for (const column of [pair, pair - 1]) {
        const row = up ? size - 1 - step : step;
        if (!isPattern(row, column, size, version, aligned))
          bits.push(Number(modules[row]![column]! !== flip(row, column)));
      }
  }
  const words = Array.from({ length: total }, (_, at) => parseInt(bits.slice(8 * at, 8 * at + 8).join(""), 2));
  return textOf(
    apart(words, total - correction * blocks, blocks)
      .map(proven(correction))
      .flat(),
    version,
  );
}

function format(modules: Modules): number {
  const places = [0, 1, 2, 3, 4, 5, 7, 8].map((row) => modules[row]![8]!);
  const rest = [7, 5, 4, 3, 2, 1, 0].map((column) => modules[8]![column]!);
  return [...places, ...rest].reduce((value, dark, bit) => value | (Number(dark) << bit), 0);
}

function isPattern(row: number, column: number, size: number, version: number, aligned: number[]): boolean {
  const corner = (i: number, j: number) => i < 9 && j < 9;
  if (row === 6 || column === 6 || corner(row, column)) return true;
  if (corner(size - row, column) || corner(row, size - column)) return true;
  const near = (at: number) => at >= size - 11 && at < size - 8;
  if (version >= 7 && ((near(row) && column < 6) || (near(column) && row < 6))) return true;
  const last = aligned.at(-1)!;
  return aligned.some((i) =>
    aligned.some(
      (j) =>
        !((i === 6 && (j === 6 || j === last)) || (i === last && j === 6)) &&
        Math.abs(row - i) <= 2 &&
        Math.abs(column - j) <= 2,
    ),
  );
}

/** The blocks, data and correction of each. */
function apart(words: number[], data: number, blocks: number): { data: number[]; correction: number[] }[] {
  const short = Math.floor(data / blocks);
  const long = data % blocks;
  const lengths = Array.from({ length: blocks }, (_, index) => short + Number(index >= blocks - long));
  const found = lengths.map(() => ({ data: [] as number[], correction: [] as number[] }));
  const rest = [...words];
  for (let at = 0; at <= short; at++)
    found.forEach((each, index) => at < lengths[index]! && each.data.push(rest.shift()!));
  while (rest.length) for (const each of found) each.correction.push(rest.shift()!);
  return found;
}

const LOG: number[] = [];
const EXP: number[] = [];
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = value;
  LOG[value] = power;
  value = value < 128 ? value << 1 : (value << 1) ^ 0x11d;
}

/** Every syndrome of an undamaged block is nought. */
const proven =
  (count: number) =>
  ({ data, correction }: { data: number[]; correction: number[] }): number[] => {
    const all = [...data, ...correction];
    for (let root = 0; root < count; root++) {
      const sum = all.reduce((value, each) => (value ? EXP[(LOG[value]! + root) % 255]! : 0) ^ each, 0);
      if (sum) throw new Error(`syndrome ${root} is ${sum}`);
    }
    return data;
  };

function textOf(data: number[], version: number): string {
  const bits = data.map((each) => each.toString(2).padStart(8, "0")).join("");
  if (!bits.startsWith("0100")) throw new Error("not bytes");
  const wide = version < 10 ? 8 : 16;
  const count = parseInt(bits.slice(4, 4 + wide), 2);
  const bytes = Array.from({ length: count }, (_, at) => parseInt(bits.slice(4 + wide + 8 * at).slice(0, 8), 2));
  return new TextDecoder().decode(new Uint8Array(bytes));
}
