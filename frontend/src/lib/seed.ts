/** A seed has 64 bits, a browser's number 53: beyond those it is told, kept and sent as its digits. */

export type Seed = number | string;

export const MAX_SEED = "18446744073709551615";

/** What is typed or pasted, as the hub takes it; null for nothing. */
export function seedOf(text: string): Seed | null {
  const digits = text.replace(/\D/g, "").replace(/^0+(?=\d)/, "");
  if (!digits) return null;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

/** Why it is none, if it is none. */
export const seedProblem = (seed: Seed | null | undefined): string | undefined =>
  seed == null || (/^\d+$/.test(String(seed)) && BigInt(seed) <= BigInt(MAX_SEED))
    ? undefined
    : `From 0 to ${MAX_SEED}`;
