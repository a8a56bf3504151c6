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
  wording: "with",
};

/** Of a parameter, as a heading. */
export function parameterName(parameter: string): string {
  const [kind = "", ...rest] = parameter.split(":");
  const of = rest.join(":");
  if (kind === "wording") return of ? `instead of ${of}` : "with";
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
  if (parameter.startsWith("wording:")) return `${text} instead of ${parameter.slice("wording:".length)}`;
  if (parameter.startsWith("lora:")) return `${parameterName(parameter)} at ${text}`;
  return [NAMES[parameter] ?? parameter.replaceAll("_", " "), text].filter(Boolean).join(" ");
}

export const variedInWords = (varied: Varied): string =>
  Object.entries(varied)
    .map(([parameter, value]) => oneInWords(parameter, value))
    .join(", ");
