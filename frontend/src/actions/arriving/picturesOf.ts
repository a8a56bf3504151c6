/** What was dropped or pasted as something that the hub has: its own picture, or the person's that is uploaded. */
import { get, HubProblem } from "@/api/client";
import type { Generation } from "@/api/types";
import { uploadArtifact } from "@/actions/uploads";
import { cannotBeRead, type Arrival } from "@/lib/arriving/arrivals";
import { isVideo } from "@/lib/mediaTypes";
import { cut } from "@/lib/text";

export interface Arrived {
  /** `artifact:<id>` or `generation:<id>`. */
  reference: string;
  /** For people: the file's name, or the prompt. */
  name: string;
  /** Of a small picture; null where it was uploaded. */
  thumbnail: string | null;
  /** What it was drawn from, as far as its file or the hub tells. */
  written: { prompt: string; negative_prompt: string } | null;
}

const NAME_LENGTH = 80;

async function uploaded(file: File): Promise<Arrived> {
  const { artifact_id: id, written } = await uploadArtifact(file);
  return { reference: `artifact:${id}`, name: file.name, thumbnail: null, written };
}

export const nameOf = ({ prompt }: Generation): string => cut(prompt, NAME_LENGTH) || "A picture of yours";

/** The first one. Throws an Error whose message is a sentence for the person. */
export async function pictureOf(arrival: Arrival): Promise<Arrived> {
  if (arrival.kind === "address") throw new Error(cannotBeRead(arrival.host));
  if (arrival.kind === "picture") return ownPicture(arrival.id, arrival.host);
  const [file] = arrival.files;
  if (!file) throw new Error("Nothing arrived.");
  return uploaded(file);
}

async function ownPicture(id: string, host: string): Promise<Arrived> {
  const generation = await asked(id).catch((error: unknown) => {
    throw error instanceof HubProblem && error.status === 404 ? new Error(cannotBeRead(host), { cause: error }) : error;
  });
  if (!generation.image_url || isVideo(generation)) throw new Error("Only a still picture can be started from.");
  const { thumbnail_url: thumbnail, prompt, negative_prompt } = generation;
  const written = prompt.trim() ? { prompt, negative_prompt } : null;
  return { reference: `generation:${id}`, name: nameOf(generation), thumbnail, written };
}

const asked = (id: string): Promise<Generation> => get<Generation>(`/api/generations/${encodeURIComponent(id)}`);
