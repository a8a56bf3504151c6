/** The person's own pictures as inputs of a task. */
import { uploadAgain, uploadPicture } from "@/actions/uploads";
import type { PictureInput } from "@/features/workbench/draft/draft";

const ARTIFACT = "@artifact:";

export const artifactOf = (reference: string): string | null =>
  reference.startsWith(ARTIFACT) ? reference.slice(ARTIFACT.length) : null;

export const uploadedInput = (id: string, label: string): PictureInput => ({
  reference: ARTIFACT + id,
  thumbnail: null,
  label,
});

/** Throws an Error whose message is a sentence for the person. */
export const uploaded = async (file: File): Promise<PictureInput> =>
  uploadedInput(await uploadPicture(file), file.name);

/** Uploads again what the hub may have deleted; answers whether there was anything. */
export const sentAgain = (references: readonly string[]): Promise<boolean> =>
  uploadAgain(references.flatMap((each) => artifactOf(each) ?? []));
