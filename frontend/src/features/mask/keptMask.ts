/** Masks that were painted, kept by this browser until nothing is painted any more or others are newer. */
import type { Mask } from "@/features/mask/drawing/mask";
import { Shelf } from "@/lib/kept/shelf";

interface Written {
  mask: Mask;
  /** Another one with each write, so that a window notices when another one has written. */
  stamp: string;
}

export interface KeptMask extends Written {
  /** What another window had painted over the same picture when this one was written. */
  other: Written | null;
}

const MEGABYTE = 1024 * 1024;
const bytesIn = ({ mask, other }: KeptMask): number => mask.data.length + (other?.mask.data.length ?? 0);
const shelf = new Shelf<KeptMask>("masks", { most: 40, bytes: 48 * MEGABYTE }, bytesIn);

/** What is kept after a window has written; a mask that it has not seen, by `seen`, stays beside its own. */
export function withMask(before: KeptMask | null, mask: Mask, stamp: string, seen: string | null): KeptMask {
  const known = !before || before.stamp === seen;
  return { mask, stamp, other: known ? (before?.other ?? null) : { mask: before.mask, stamp: before.stamp } };
}

const fits = ({ mask }: Written, { width, height }: Size): boolean => mask.width === width && mask.height === height;

interface Size {
  width: number;
  height: number;
}

/** The masks of this picture, if they have this size. */
export async function keptMask(picture: string, size: Size): Promise<KeptMask | null> {
  const kept = await shelf.read(picture);
  return kept && fits(kept, size) ? { ...kept, other: kept.other && fits(kept.other, size) ? kept.other : null } : null;
}

let written = 0;

/** `seen`: the stamp of what this window knows. Answers what is kept now, with a mask of another window beside it. */
export async function keepMask(picture: string, mask: Mask, seen: string | null): Promise<KeptMask | null> {
  const copy = { ...mask, data: mask.data.slice() };
  const stamp = `${Date.now()} ${Math.random()} ${++written}`;
  return shelf.update(picture, (before) => withMask(before, copy, stamp, seen));
}

/** Nothing is painted any more; what another window has painted stays as that one wrote it. */
export async function forgetMask(picture: string, seen: string | null): Promise<void> {
  await shelf.update(picture, (before) => {
    if (!before || before.stamp !== seen) return before;
    return before.other && { ...before.other, other: null };
  });
}

/** The other window's mask was looked at, and one of the two chosen. */
export async function forgetOther(picture: string): Promise<void> {
  await shelf.update(picture, (before) => before && { ...before, other: null });
}
