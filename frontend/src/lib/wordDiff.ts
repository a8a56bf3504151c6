/** What changed between two texts, word by word. */

export interface Piece {
  text: string;
  /** `kept` stands in both texts. */
  was: "kept" | "gone" | "new";
}

/** Beyond so many pairs of words the whole middle counts as changed: a comparison would hold the page up. */
const MOST_PAIRS = 1_000_000;

/** The kept and new pieces are the second text, the kept and gone ones the first, letter by letter. */
export function wordDiff(before: string, after: string): Piece[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const start = sameStart(old, now);
  const end = sameEnd(old.slice(start), now.slice(start));
  const [oldMiddle, newMiddle] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  return joined([
    ...now.slice(0, start).map((text) => ({ text, was: "kept" }) as const),
    ...middle(oldMiddle, newMiddle),
    ...now.slice(now.length - end).map((text) => ({ text, was: "kept" }) as const),
  ]);
}

/** Words, gaps, and each sign on its own, so that a weight around a word changes the signs alone. */
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}\p{M}'’-]+|\s+|[^]/gu) ?? [];

function sameStart(one: readonly string[], other: readonly string[]): number {
  const differing = one.findIndex((word, index) => word !== other[index]);
  return differing < 0 ? one.length : differing;
}

const sameEnd = (one: readonly string[], other: readonly string[]): number =>
  Math.min(sameStart(one.toReversed(), other.toReversed()), other.length);

/** By the longest row of words that both have in this order. */
function middle(old: readonly string[], now: readonly string[]): Piece[] {
  const gone = old.map((text): Piece => ({ text, was: "gone" }));
  const come = now.map((text): Piece => ({ text, was: "new" }));
  if (old.length * now.length > MOST_PAIRS) return [...gone, ...come];
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width); // of what is left from there on
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      longest[row * width + column] =
        old[row] === now[column]
          ? longest[(row + 1) * width + column + 1]! + 1
          : Math.max(longest[(row + 1) * width + column]!, longest[row * width + column + 1]!);
  const pieces: Piece[] = [];
  let [row, column] = [0, 0];
  while (row < old.length && column < now.length) {
    if (old[row] === now[column]) {
      pieces.push({ text: now[column]!, was: "kept" });
      row++;
      column++;
    } else if (longest[(row + 1) * width + column]! >= longest[row * width + column + 1]!) pieces.push(gone[row++]!);
    else pieces.push(come[column++]!);
  }
  return [...pieces, ...gone.slice(row), ...come.slice(column)];
}

/** Neighbours of one kind become one piece; among changes what is gone comes first. */
function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  let [gone, come] = ["", ""];
  const flush = () => {
    if (gone) found.push({ text: gone, was: "gone" });
    if (come) found.push({ text: come, was: "new" });
    [gone, come] = ["", ""];
  };
  pieces.forEach(({ text, was }, index) => {
    // a gap between two changes belongs to both, so that a phrase is struck out as one
    const bridges = was === "kept" && /^\s+$/.test(text) && (gone || come) && pieces[index + 1]?.was !== "kept";
    if (bridges && index + 1 < pieces.length && gone && come) [gone, come] = [gone + text, come + text];
    else if (was === "gone") gone += text;
    else if (was === "new") come += text;
    else {
      flush();
      const last = found.at(-1);
      if (last?.was === "kept") last.text += text;
      else found.push({ text, was });
    }
  });
  flush();
  return found;
}
