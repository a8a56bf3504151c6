/** A seed has 64 bits, a browser's number 53: larger seeds are received, kept and sent as digits. */

export type Seed = number | string;

export const MAX_SEED = "18446744073709551615";

/** A typed or pasted seed in the hub's form; null for an empty text. */
export function seedOf(text: string): Seed | null {
  const digits = text.replace(/\D/g, "").replace(/^0+(?=\d)/, "");
  if (!digits) return null;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

/** What is wrong with a seed; undefined when it is valid. */
export const seedProblem = (seed: Seed | null | undefined): string | undefined =>
  seed == null || (/^\d+$/.test(String(seed)) && BigInt(seed) <= BigInt(MAX_SEED))
    ? undefined
    : `From 0 to ${MAX_SEED}`;
