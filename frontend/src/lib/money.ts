/** Amounts of money in words, and read from what a person types; dollars, with six decimals at most. */

const MOST_USD = 1_000_000;

/** `$0.08`, `$1.50`, `$0.0025`. */
export function usd(amount: number): string {
  const decimals = amount.toFixed(6).replace(/0+$/, "").split(".")[1] ?? "";
  return `$${Math.trunc(Number(amount.toFixed(6)))}.${decimals.padEnd(2, "0")}`;
}

/** What somebody typed, with or without the sign; nothing at all is 0. Null: no amount that the hub takes. */
export function amountOf(text: string): number | null {
  const typed = text.trim();
  if (!typed) return 0;
  if (!/^\$?\s*(\d+(\.\d{0,6})?|\.\d{1,6})$/.test(typed)) return null;
  const amount = Number(typed.replace(/^\$\s*/, ""));
  return amount <= MOST_USD ? amount : null;
}

/** What was kept as an amount; 0 where it is none, so that nothing is spent by mistake. */
export const keptAmount = (value: unknown): number =>
  typeof value === "number" && value > 0 && value <= MOST_USD ? Number(value.toFixed(6)) : 0;
