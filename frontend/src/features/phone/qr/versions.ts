/** Sizes of QR codes from 21×21 to 57×57 modules at error correction M, by ISO/IEC 18004, tables 1, 9 and E.1. */

export interface Version {
  number: number;
  /** Codewords, data and correction together. */
  total: number;
  /** Correction codewords of each block. */
  correction: number;
  blocks: number;
  /** Centres of the alignment patterns, in both directions. */
  aligned: readonly number[];
}

const ROWS: readonly (readonly [number, number, number, readonly number[]])[] = [
  [26, 10, 1, []],
  [44, 16, 1, [6, 18]],
  [70, 26, 1, [6, 22]],
  [100, 18, 2, [6, 26]],
  [134, 24, 2, [6, 30]],
  [172, 16, 4, [6, 34]],
  [196, 18, 4, [6, 22, 38]],
  [242, 22, 4, [6, 24, 42]],
  [292, 22, 5, [6, 26, 46]],
  [346, 26, 5, [6, 28, 50]],
];

export const VERSIONS: readonly Version[] = ROWS.map(([total, correction, blocks, aligned], index) => ({
  number: index + 1,
  total,
  correction,
  blocks,
  aligned,
}));

/** Modules along one side. */
export const sizeOf = ({ number }: Version): number => 17 + 4 * number;

export const dataOf = ({ total, correction, blocks }: Version): number => total - correction * blocks;

/** Bits that say how many bytes follow. */
export const lengthBits = ({ number }: Version): number => (number < 10 ? 8 : 16);
