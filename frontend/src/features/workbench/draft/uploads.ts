/** Uploads the person's own pictures, and keeps them in case the hub deletes its copy. */
import { download, HubProblem, upload } from "@/api/client";
import type { Artifact } from "@/api/types";
import type { PictureInput } from "@/features/workbench/draft/draft";

const ARTIFACT = "@artifact:";
const MOST_BYTES = 32 * 1024 * 1024;

/** The hub deletes an upload with the last job that used it; running the form again needs it again. */
const files = new Map<string, File>();

export const artifactOf = (reference: string): string | null =>
  reference.startsWith(ARTIFACT) ? reference.slice(ARTIFACT.length) : null;

/** Throws an Error whose message is a sentence for the person. */
export async function uploaded(file: File): Promise<PictureInput> {
  if (file.size > MOST_BYTES) throw new Error(`${file.name} is larger than 32 MiB.`);
  try {
    const { artifact_id: id } = await upload<Artifact>("/api/artifacts", file, file.name);
    files.set(id, file);
    return { reference: ARTIFACT + id, thumbnail: null, label: file.name };
  } catch (error) {
    throw new Error(sentence(file.name, error), { cause: error });
  }
}

function sentence(name: string, error: unknown): string {
  if (!(error instanceof HubProblem)) return `${name} could not be read.`;
  if (error.code === "hub_down") return `${name} was not sent: the hub does not answer.`;
  return error.code === "invalid_picture" ? `${error.message.replace(/^file/, name)}.` : `${name}: ${error.message}`;
}

/** Uploads again what the hub may have deleted; answers whether there was anything. */
export async function sentAgain(references: readonly string[]): Promise<boolean> {
  const again = references.flatMap((each) => files.get(artifactOf(each) ?? "") ?? []);
  await Promise.all(again.map(uploaded));
  return again.length > 0;
}

/** The picture of an upload, for an `img`; null: the hub no longer has it. The caller revokes it. */
export async function artifactUrl(id: string): Promise<string | null> {
  const file = files.get(id);
  if (file) return URL.createObjectURL(file);
  try {
    return URL.createObjectURL(await download("GET", `/api/artifacts/${encodeURIComponent(id)}`));
  } catch (error) {
    if (error instanceof HubProblem && error.status === 404) return null;
    throw error;
  }
}

/** The files that were dropped, pasted or chosen; the hub refuses those that are no pictures. */
export const filesIn = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];
