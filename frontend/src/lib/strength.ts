/** How much of a picture is drawn anew, in words: sampling from a later step keeps more of it. */

const WORDS: readonly (readonly [upTo: number, words: string])[] = [
  [0.2, "Hardly changed"],
  [0.4, "Subtly changed"],
  [0.6, "Same composition, new details"],
  [0.8, "Loosely after it"],
  [1, "Almost all new"],
];

export const strengthInWords = (strength: number): string =>
  WORDS.find(([upTo]) => strength <= upTo)?.[1] ?? "Almost all new";
