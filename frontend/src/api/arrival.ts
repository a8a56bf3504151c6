/** What becomes of a text that a live stream of the hub tells. */
import { isKnown, isObject, misfit, type Stream } from "@/api/shape";

export type Arrival<Message> =
  | { kind: "message"; message: Message }
  /** Not for the studio, or of a type that only a later hub knows. */
  | { kind: "ignored" }
  /** Whatever it was to tell is not known now. */
  | { kind: "malformed" };

/** What the hub answers to a ping. */
const ANSWER = "pong";

/** `Message` is what the hub's OpenAPI document calls so; it is checked against that. */
export function arrivalOf<Message>(stream: Stream, text: string): Arrival<Message> {
  const told = parsed(text);
  if (isObject(told) && typeof told["type"] === "string" && !isKnown(stream, told["type"])) {
    if (told["type"] !== ANSWER) console.info(`The hub tells of "${told["type"]}", which this page does not know.`);
    return { kind: "ignored" };
  }
  const place = misfit(stream, told);
  if (place === null) return { kind: "message", message: told as Message };
  console.warn(`What the hub tells is not what it promises (${place}); it is asked how things stand.`);
  return { kind: "malformed" };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
