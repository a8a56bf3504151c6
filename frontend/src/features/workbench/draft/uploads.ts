/** The person's own pictures as inputs of a task. */
import { pictureOf } from "@/actions/arriving/picturesOf";
import { uploadAgain } from "@/actions/uploads";
import { picturesIn, type Draft, type PictureInput } from "@/features/workbench/draft/draft";
import type { Arrival } from "@/lib/arriving/arrivals";

const ARTIFACT = "@artifact:";

export const artifactOf = (reference: string): string | null =>
  reference.startsWith(ARTIFACT) ? reference.slice(ARTIFACT.length) : null;

export const uploadedInput = (id: string, label: string): PictureInput => ({
  reference: ARTIFACT + id,
  thumbnail: null,
  label,
});

/** Throws an Error whose message is a sentence for the person. */
export async function arrivedInput(arrival: Arrival): Promise<PictureInput> {
  const { reference, thumbnail, name } = await pictureOf(arrival);
  return { reference: `@${reference}`, thumbnail, label: name };
}

/** Uploads again what the hub may have deleted; answers the draft with it, null where there was nothing. */
export async function sentAgain(draft: Draft, references: readonly string[]): Promise<Draft | null> {
  const known = await uploadAgain(references.flatMap((each) => artifactOf(each) ?? []));
  if (!known.size) return null;
  const renewed = (picture: PictureInput): PictureInput => {
    const id = known.get(artifactOf(picture.reference) ?? "");
    return id ? { ...picture, reference: ARTIFACT + id } : picture;
  };
  return draft.map((task) => {
    const inputs = Object.entries(task.inputs).map(([name, value]) => {
      const pictures = picturesIn(value);
      return [name, pictures.length ? pictures.map(renewed) : value] as const;
    });
    return { ...task, inputs: Object.fromEntries(inputs) };
  });
}
