/** Reed–Solomon codewords over GF(256) with the polynomial x⁸+x⁴+x³+x²+1, as ISO/IEC 18004 wants them. */

const POLYNOMIAL = 0x11d;

export function times(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * POLYNOMIAL);
    product ^= ((other >>> bit) & 1) * one;
  }
  return product;
}

/** Coefficients of (x−2⁰)(x−2¹)…, the highest power left out. */
function generator(degree: number): number[] {
  let result = [...Array<number>(degree - 1).fill(0), 1];
  let root = 1;
  for (let each = 0; each < degree; each++) {
    result = result.map((value, index) => times(value, root) ^ (result[index + 1] ?? 0));
    root = times(root, 2);
  }
  return result;
}

/** So many codewords that belong behind these. */
export function correctionOf(data: readonly number[], count: number): number[] {
  const divisor = generator(count);
  let rest = Array<number>(count).fill(0);
  for (const each of data) {
    const factor = each ^ (rest[0] ?? 0);
    rest = [...rest.slice(1), 0].map((value, index) => value ^ times(divisor[index] ?? 0, factor));
  }
  return rest;
}
