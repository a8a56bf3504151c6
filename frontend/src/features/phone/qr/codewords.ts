/** What a QR code holds: bytes, padded, with their correction, in the order in which they are drawn. */
import { correctionOf } from "@/features/phone/qr/correction";
import { dataOf, lengthBits, VERSIONS, type Version } from "@/features/phone/qr/versions";

const BYTES = 0b0100;
const PADS = [0xec, 0x11] as const;

export interface Filled {
  version: Version;
  codewords: readonly number[];
}

/** In the smallest version that holds the text; null for more than 213 bytes of UTF-8. */
export function filledWith(text: string): Filled | null {
  const bytes = [...new TextEncoder().encode(text)];
  const version = VERSIONS.find((each) => 4 + lengthBits(each) + 8 * bytes.length <= 8 * dataOf(each));
  if (!version) return null;
  return { version, codewords: interleaved(padded(bytes, version), version) };
}

function padded(bytes: readonly number[], version: Version): number[] {
  const bits = [
    ...bitsOf(BYTES, 4),
    ...bitsOf(bytes.length, lengthBits(version)),
    ...bytes.flatMap((each) => bitsOf(each, 8)),
  ];
  const capacity = 8 * dataOf(version);
  const ended = [...bits, ...Array<number>(Math.min(4, capacity - bits.length)).fill(0)];
  while (ended.length % 8) ended.push(0);
  const codewords = Array.from({ length: ended.length / 8 }, (_, index) =>
    ended.slice(8 * index, 8 * index + 8).reduce((value, bit) => 2 * value + bit, 0),
  );
  const missing = dataOf(version) - codewords.length;
  return [...codewords, ...Array.from({ length: missing }, (_, index) => PADS[index % 2 ? 1 : 0])];
}

export const bitsOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (value >>> (count - 1 - index)) & 1);

/** The blocks codeword by codeword, first all data, then all correction; the last blocks may be one longer. */
function interleaved(data: readonly number[], version: Version): number[] {
  const { blocks: count, correction } = version;
  const short = Math.floor(data.length / count);
  const shorter = count - (data.length % count);
  const blocks = Array.from({ length: count }, (_, index) => {
    const from = index * short + Math.max(0, index - shorter);
    return data.slice(from, from + short + (index >= shorter ? 1 : 0));
  });
  const corrections = blocks.map((each) => correctionOf(each, correction));
  return [...byTurns(blocks), ...byTurns(corrections)];
}

function byTurns(blocks: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => blocks.flatMap((each) => each[index] ?? [])).flat();
}
