/** Files that are no pictures and still say how one is made: workflows as JSON, and settings as text. */
import type { Arrival } from "@/lib/arriving/arrivals";

const NAMES = /\.(json|txt)$/i;
const TYPES = /^(application\/(\w+\+)?json|text\/(plain|json))$/;

/** A picture's type goes before its name, for browsers tell types by names that people change. */
export const isDocument = ({ name, type }: File): boolean =>
  TYPES.test(type) || (NAMES.test(name) && !type.startsWith("image/"));

export const hasDocuments = (arrival: Arrival): boolean => arrival.kind === "files" && arrival.files.some(isDocument);

/** What is written behind the prompt where a picture's settings are a text. */
const SETTINGS = /\bSteps: \d+, /;

/** Text that was copied somewhere: a workflow or a picture's settings as a file; null for all other words. */
export function documentIn(text: string): File | null {
  const words = text.trim();
  if (isJsonObject(words)) return new File([text], "pasted.json", { type: "application/json" });
  return SETTINGS.test(words) ? new File([text], "pasted.txt", { type: "text/plain" }) : null;
}

/** ComfyUI writes what Python calls numbers and JSON does not know, such as NaN; they mean nothing to anybody. */
export const withoutNumbersOfPython = (text: string): string =>
  text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g, (part) => (part.startsWith('"') ? part : "null"));

export function isJsonObject(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
