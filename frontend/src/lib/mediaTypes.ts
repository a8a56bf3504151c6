/** What a generation's image is: a picture, or something that moves. */

interface Shown {
  media_type: string | null;
  image_url: string | null;
  thumbnail_url: string | null;
}

const SUFFIXES: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "video/mp4": "mp4",
  "video/webm": "webm",
};

export const isVideo = ({ media_type: type }: Shown): boolean => !!type?.startsWith("video/");

/** Without its dot; a hub of an earlier release has PNG alone and does not say so. */
export const suffixOf = ({ media_type: type }: Pick<Shown, "media_type">): string => SUFFIXES[type ?? ""] ?? "png";

/** Types of files that can hold more than one still picture, which a tile does not show by itself. */
const MAY_MOVE: ReadonlySet<string | null> = new Set(["image/gif", "image/webp"]);

/** What a tile says of an image that is, or may be, more than a still picture. */
export const kindOf = (shown: Shown): string | undefined =>
  isVideo(shown) || MAY_MOVE.has(shown.media_type) ? suffixOf(shown).toUpperCase() : undefined;

/** The image itself, or what stands in for it where only a player shows it. */
export const pictureOf = (shown: Shown): string => (isVideo(shown) ? shown.thumbnail_url : shown.image_url) ?? "";
