/** Picture files as a browser hands them over. */

/** What the hub takes as a picture of one's own. HEIC is left out on purpose: a phone that is not asked for it sends a
 * JPEG instead. */
export const PICTURE_TYPES =
  "image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff,image/avif,.tif,.tiff,.bmp,.avif";

/** The files that were dropped, pasted or chosen; the hub refuses those that are no pictures. */
export const filesIn = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];

/** Whether what is pasted into a field are words, which office programs accompany by a picture. */
export const pastesWords = ({ clipboardData: data, target }: ClipboardEvent): boolean =>
  target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName) && !!data?.types.includes("text/plain");
