/** The mask that was painted last, so that closing the painter loses nothing. */
import type { Mask } from "@/features/mask/drawing/mask";

let last: { picture: string; mask: Mask } | null = null;

export const keepMask = (picture: string, mask: Mask): void => void (last = { picture, mask });

export const forgetMask = (): void => void (last = null);

/** The mask of this picture, if it was the last one painted and has this size. */
export function keptMask(picture: string, size: { width: number; height: number }): Mask | undefined {
  const fits = last?.picture === picture && last.mask.width === size.width && last.mask.height === size.height;
  return fits ? last?.mask : undefined;
}
