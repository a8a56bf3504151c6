/** What the WebSocket of a session tells: text messages here, previews as binary frames. */
import type { Gpu, ReasonCode, SessionDetail } from "@/api/types";

export interface BatchTally {
  batch_id: string;
  completed: number;
  batch_total: number;
  eta_seconds: number | null;
}

interface OfGeneration {
  generation_id: string;
}

export interface Snapshot {
  type: "snapshot";
  seq: number;
  session: SessionDetail;
  gpus: Gpu[];
  paused_since: string | null;
}

export type NumberedEvent = { seq: number } & (
  | ({ type: "queued"; batch_id: string; cause: string; reason: string | null } & OfGeneration)
  | ({ type: "generating"; batch_id: string; node_id: string } & OfGeneration)
  | ({
      type: "progress";
      node_id: string;
      current: number;
      total: number;
      /** The model file that the node reads now, before it can go on; null while it draws. */
      loading?: string | null;
    } & OfGeneration &
      BatchTally)
  | ({ type: "complete"; node_id: string; image_url: string; thumbnail_url: string; seconds: number } & OfGeneration &
      BatchTally)
  | ({ type: "failed"; message: string } & OfGeneration & BatchTally)
  | ({ type: "cancelled" } & OfGeneration & BatchTally)
  | ({ type: "batch"; status: string } & BatchTally)
  | { type: "stage"; stage: number }
  | { type: "session"; version: number }
  | { type: "queue"; paused_since: string | null }
  | { type: "node"; node_id: string; state: Gpu["state"]; reason: string | null; reason_code: ReasonCode | null }
);

export type LiveMessage = Snapshot | NumberedEvent;

export interface Preview {
  generationId: string;
  image: Blob;
}

const HEADER_BYTES = 18;

/** Byte 0: 1 = preview; byte 1: 1 = JPEG, 2 = PNG; then the generation's UUID and the image. Null: not a preview. */
export function previewOf(frame: ArrayBuffer): Preview | null {
  const header = new Uint8Array(frame, 0, Math.min(HEADER_BYTES, frame.byteLength));
  if (header.length < HEADER_BYTES || header[0] !== 1) return null;
  const hex = [...header.subarray(2)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const generationId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const type = header[1] === 2 ? "image/png" : "image/jpeg";
  return { generationId, image: new Blob([frame.slice(HEADER_BYTES)], { type }) };
}

/** Null for what is no message of ours, such as the answer to a ping. */
export function messageOf(text: string): LiveMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null && "seq" in message ? (message as LiveMessage) : null;
  } catch {
    return null;
  }
}
