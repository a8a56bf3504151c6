/** The picture that a session's first stage starts from, as its config keeps it. */
import { isMembers } from "@/lib/mergePatch";

export interface StartPicture {
  /** `artifact:<id>` of an upload, or `generation:<id>`. */
  picture: string;
  /** For people: the file's name, or the prompt. */
  name: string;
  /** From 0, as it is, to 1, all new. */
  strength: number;
}

export const USUAL_STRENGTH = 0.6;

/** The id in a reference of this kind; null for one of another kind. */
export function idIn(reference: string, kind: "artifact" | "generation"): string | null {
  return reference.startsWith(`${kind}:`) ? reference.slice(kind.length + 1) : null;
}

/** Whether a stage's pictures start from others rather than from words alone. */
export const startsFromPicture = (config: { start?: StartPicture | undefined }, stage: number): boolean =>
  stage > 0 || config.start !== undefined;

/** Reads what any client may have written; null: none. */
export function startPictureOf(value: unknown): StartPicture | null {
  if (!isMembers(value)) return null;
  const { picture, name, strength } = value;
  if (typeof picture !== "string" || (!idIn(picture, "artifact") && !idIn(picture, "generation"))) return null;
  const inRange = typeof strength === "number" && strength >= 0 && strength <= 1;
  return { picture, name: typeof name === "string" ? name : "", strength: inRange ? strength : USUAL_STRENGTH };
}
