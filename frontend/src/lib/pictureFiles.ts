/** Picture files as a browser hands them over. */

/** What the hub takes as a picture of one's own. */
export const PICTURE_TYPES = "image/png,image/jpeg,image/webp";

/** The files that were dropped, pasted or chosen; the hub refuses those that are no pictures. */
export const filesIn = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];

/** The picture that is meant by a paste: none where words can be pasted, which office programs accompany by a picture. */
export function pastedFiles({ clipboardData: data, target }: ClipboardEvent): File[] {
  const intoText = target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName);
  return intoText && data?.types.includes("text/plain") ? [] : filesIn(data);
}
