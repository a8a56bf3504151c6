/** The person's own pictures: uploaded, and kept in case the hub deletes its copy. */
import { download, HubProblem, upload } from "@/api/client";
import type { Artifact } from "@/api/types";

const MOST_BYTES = 32 * 1024 * 1024;

/** The hub deletes an upload that nothing names a day after its last use, or with the last job that used it. */
const files = new Map<string, File>();

/** Answers its id. Throws an Error whose message is a sentence for the person. */
export async function uploadPicture(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw new Error(`${file.name} is larger than 32 MiB.`);
  try {
    const { artifact_id: id } = await upload<Artifact>("/api/artifacts", file, file.name);
    files.set(id, file);
    return id;
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
export async function uploadAgain(ids: readonly string[]): Promise<boolean> {
  const again = ids.flatMap((id) => files.get(id) ?? []);
  await Promise.all(again.map(uploadPicture));
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
