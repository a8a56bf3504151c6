/** Files that are no pictures and still say how one is made: workflows as JSON, and settings as text. */
import type { Arrival } from "@/lib/arriving/arrivals";

const NAMES = /\.(json|txt)$/i;
const TYPES = /^(application\/(\w+\+)?json|text\/(plain|json))$/;

/** A picture's type goes before its name, for browsers tell types by names that people change. */
export const isDocument = ({ name, type }: File): boolean =>
  TYPES.test(type) || (NAMES.test(name) && !type.startsWith("image/"));

/** Whether a place for pictures has no use for it. */
export const hasDocuments = (arrival: Arrival): boolean =>
  arrival.kind === "files" && (Boolean(arrival.folders?.length) || arrival.files.some(isDocument));

/** What is written behind the prompt where a picture's settings are a text. */
const SETTINGS = /\bSteps:\s*\d+\s*(,|\n|$)/;
/** A name with its value, also of a piece out of the middle; prompts have brackets of their own. */
const MEMBER = /"[\w ]+"\s*:/;
/** As people copy it out of a chat. */
const FENCED = /^```\w*\n([\s\S]*?)\n?```$/;

/** Text that was copied somewhere: a workflow, whole or broken, or a picture's settings as a file; null for all other
 * words. */
export function documentIn(text: string): File | null {
  const words = text.trim().replace(FENCED, "$1").trim();
  if (isJsonObject(withoutNumbersOfPython(words)) || MEMBER.test(words))
    return new File([words], "pasted.json", { type: "application/json" });
  return SETTINGS.test(words) ? new File([words], "pasted.txt", { type: "text/plain" }) : null;
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

/** What is wrong with it, to be put behind a name; empty: it is an object or a list in JSON. */
export function faultOfJson(text: string): string {
  if (isJsonObject(text)) return "";
  try {
    JSON.parse(text);
    return "has no workflow in it";
  } catch (error) {
    return `is no whole JSON: ${placeOfFault(text.trimEnd(), String(error))}`;
  }
}

/** Browsers word it differently. */
function placeOfFault(text: string, told: string): string {
  if (!/^\s*[{[]/.test(text)) return text.trim() ? "its beginning is missing" : "it is empty";
  const at = Number(/position (\d+)/.exec(told)?.[1] ?? NaN);
  if (at >= text.length || /end of|EOF|unterminated/i.test(told)) return "it ends in the middle. Was all of it copied?";
  const line = /line (\d+)/.exec(told)?.[1] ?? (at ? text.slice(0, at).split("\n").length : 0);
  return line ? `line ${line} cannot be read` : "something in it cannot be read";
}
