/** The person's own pictures: uploaded, and kept by this browser in case the hub deletes its copy. */
import { toast } from "sonner";

import { download, HubProblem, upload } from "@/api/client";
import type { Artifact } from "@/api/types";
import { redrawn } from "@/lib/arriving/redrawn";
import { plural } from "@/lib/format";
import { Shelf } from "@/lib/kept/shelf";

const MEGABYTE = 1024 * 1024;
const MOST_BYTES = 32 * MEGABYTE;

/** The hub deletes an upload that nothing names a day after its last use, or with the last job that used it. */
const shelf = new Shelf<File>("uploads", { most: 40, bytes: 160 * MEGABYTE }, ({ size }) => size);

export const uploadPicture = async (file: File): Promise<string> => (await uploadArtifact(file)).artifact_id;

/** What of it is not used is shown. Throws an Error whose message is a sentence for the person. */
export async function uploadArtifact(given: File): Promise<Artifact> {
  const file = await redrawn(given, MOST_BYTES);
  if (file.size > MOST_BYTES) throw new Error(`${file.name} is larger than 32 MiB: save it smaller, or as JPEG.`);
  const artifact = await sent(file);
  if (artifact.notes.length) toast(file.name, { description: artifact.notes.join(" ") });
  return artifact;
}

async function sent(file: File): Promise<Artifact> {
  try {
    const artifact = await upload<Artifact>("/api/artifacts", file, file.name);
    await shelf.update(artifact.artifact_id, () => file);
    return artifact;
  } catch (error) {
    throw new Error(sentence(file.name, error), { cause: error });
  }
}

function sentence(name: string, error: unknown): string {
  if (!(error instanceof HubProblem)) return `${name} could not be read.`;
  if (error.code === "hub_down") return `${name} was not sent: the hub does not answer.`;
  return error.code === "invalid_picture" ? `${error.message.replace(/^file/, name)}.` : `${name}: ${error.message}`;
}

/** Uploads again what the hub may have deleted and this browser has, and says so. Answers the new id of each, which is
 * another one where a newer hub keeps pictures otherwise. */
export async function uploadAgain(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all([...new Set(ids)].map(async (id) => [id, await shelf.read(id)] as const));
  const again = found.flatMap(([id, file]) => (file ? [[id, file] as const] : []));
  const known = await Promise.all(again.map(async ([id, file]) => [id, (await sent(file)).artifact_id] as const));
  if (known.length)
    toast(`${plural(known.length, "picture")} gone from the hub ${known.length > 1 ? "were" : "was"} sent again`, {
      description: "From the copies that this browser keeps.",
    });
  return new Map(known);
}

/** The picture of an upload as the hub keeps it, for an `img`, sent again where only this browser has it; null: nobody
 * has it. Not the file itself, which browsers may show turned otherwise than nodes get it, or not at all. The caller
 * revokes it. */
export async function artifactUrl(id: string): Promise<string | null> {
  const found = await keptByHub(id);
  if (found) return found;
  const known = await uploadAgain([id]).catch(() => new Map<string, string>());
  // Where a newer hub would keep it under another name, whatever names it would still not find it.
  return known.get(id) === id ? keptByHub(id) : null;
}

async function keptByHub(id: string): Promise<string | null> {
  try {
    return URL.createObjectURL(await download("GET", `/api/artifacts/${encodeURIComponent(id)}`));
  } catch (error) {
    if (error instanceof HubProblem && error.status === 404) return null;
    throw error;
  }
}
