/** What a picture differs in from others, in words for people. */
import type { Generation } from "@/api/types";
import { modelName } from "@/lib/format";

export type Varied = Generation["varied"];

const NAMES: Readonly<Record<string, string>> = {
  denoise_strength: "strength",
  cfg_scale: "guidance",
  checkpoint: "",
  sampler: "",
  scheduler: "",
  prompt: "",
};

/** What stood for the words of a part of the prompt, such as a card of the concept builder: its name. */
const partIn = (find: string): string => /^\[(.+)\]$/.exec(find)?.[1] ?? "";

/** Of a parameter, as a heading. */
export function parameterName(parameter: string): string {
  const [kind = "", ...rest] = parameter.split(":");
  const of = rest.join(":");
  if (kind === "wording") return partIn(of) || (of ? `instead of ${of}` : "words added");
  if (kind === "lora") return modelName(of);
  return NAMES[parameter] || parameter.replaceAll("_", " ");
}

/** Of one value. */
export function valueInWords(parameter: string, value: unknown): string {
  const text = typeof value === "number" ? String(Math.round(value * 1000) / 1000) : String(value);
  return parameter === "checkpoint" ? modelName(text) : text;
}

function oneInWords(parameter: string, value: unknown): string {
  const text = valueInWords(parameter, value);
  if (parameter.startsWith("wording:")) {
    const find = parameter.slice("wording:".length);
    return partIn(find) ? `${partIn(find)}: ${text}` : `${text} instead of ${find}`;
  }
  if (parameter === "wording") return `“${text}” added`;
  if (parameter.startsWith("lora:")) return `${parameterName(parameter)} at ${text}`;
  return [NAMES[parameter] ?? parameter.replaceAll("_", " "), text].filter(Boolean).join(" ");
}

/** Whether this is what became of a wildcard, by how it is written. */
export const isWildcard = (parameter: string): boolean => parameter.startsWith("__") || parameter.startsWith("{");

export const variedInWords = (varied: Varied): string =>
  Object.entries(varied)
    .map(([parameter, value]) => oneInWords(parameter, value))
    .join(", ");
