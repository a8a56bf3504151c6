/** The eight masks of a QR code, and how badly a scanner would read a masked one (ISO/IEC 18004, 7.8). */

export const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

type Modules = readonly (readonly boolean[])[];

export function penaltyOf(modules: Modules): number {
  const columns = modules.map((_, index) => modules.map((row) => row[index] ?? false));
  const lines = [...modules, ...columns].map((line) => line.map((dark) => (dark ? "1" : "0")).join(""));
  return lines.reduce((sum, line) => sum + runs(line) + finders(line), 0) + squares(modules) + balance(modules);
}

/** Five or more of one colour in a row. */
const runs = (line: string): number =>
  [...line.matchAll(/0{5,}|1{5,}/g)].reduce((sum, [found]) => sum + found.length - 2, 0);

/** What looks like a finder pattern with light beside it. */
const finders = (line: string): number => 40 * [...line.matchAll(/(?=10111010000|00001011101)/g)].length;

function squares(modules: Modules): number {
  let found = 0;
  for (let row = 1; row < modules.length; row++)
    for (let column = 1; column < modules.length; column++) {
      const dark = modules[row]?.[column];
      const others = [modules[row]?.[column - 1], modules[row - 1]?.[column], modules[row - 1]?.[column - 1]];
      if (others.every((each) => each === dark)) found++;
    }
  return 3 * found;
}

/** Ten for each five per cent that dark is away from half. */
function balance(modules: Modules): number {
  const all = modules.flat();
  const percent = (100 * all.filter(Boolean).length) / all.length;
  return 10 * Math.floor(Math.abs(percent - 50) / 5);
}
