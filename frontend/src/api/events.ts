/** What the WebSocket of a session tells: text messages as the hub's OpenAPI document has them, previews as binary frames. */
import { arrivalOf, type Arrival } from "@/api/arrival";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type LiveMessage = Schemas["LiveMessage"];
export type Snapshot = Schemas["SnapshotMessage"];
export type NumberedEvent = Exclude<LiveMessage, Snapshot>;
export type EventOf<Type extends NumberedEvent["type"]> = Extract<NumberedEvent, { type: Type }>;
export type BatchTally = Pick<EventOf<"batch">, "batch_id" | "completed" | "batch_total" | "eta_seconds">;

export interface Preview {
  generationId: string;
  image: Blob;
}

const HEADER_BYTES = 18;

/** Byte 0: 1 = preview; byte 1: 1 = JPEG, 2 = PNG; then the generation's UUID and the image. Null: not a preview. */
export function previewOf(frame: ArrayBuffer): Preview | null {
  if (frame.byteLength <= HEADER_BYTES) return null;
  const header = new Uint8Array(frame, 0, HEADER_BYTES);
  if (header[0] !== 1) return null;
  const hex = [...header.subarray(2)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const generationId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const type = header[1] === 2 ? "image/png" : "image/jpeg";
  return { generationId, image: new Blob([frame.slice(HEADER_BYTES)], { type }) };
}

export const liveMessageOf = (text: string): Arrival<LiveMessage> => arrivalOf("LiveMessage", text);
