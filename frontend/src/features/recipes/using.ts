/** A recipe as settings that can be used here: which files the fleet has, and what the forms are given; pure. */
import type { Recipe, RecipeFile } from "@/api/types";
import { plural } from "@/lib/format";
import type { SessionConfig, StageSettings } from "@/stores/sessionStore";

/** By the file's place in the recipe: the fleet's name that is used instead; empty: none. */
export type Replacements = Readonly<Record<number, string>>;

export type Presence = "present" | "near" | "missing";

export const presenceOf = ({ on_fleet, near }: RecipeFile): Presence =>
  on_fleet ? "present" : near.length ? "near" : "missing";

/** "your fleet has 3 of 4 files"; empty where the picture names none. */
export function fleetHas({ files }: Recipe): string {
  const present = files.filter((each) => presenceOf(each) === "present").length;
  if (!files.length) return "";
  if (present === files.length)
    return files.length === 1 ? "your fleet has its file" : `your fleet has all ${present} files`;
  if (!present)
    return files.length === 1 ? "your fleet lacks its file" : `your fleet has none of its ${files.length} files`;
  return `your fleet has ${present} of ${plural(files.length, "file")}`;
}

/** The fleet's own name for the file at this place; null: it is left out. */
export const usedName = (file: RecipeFile, replacement: string | undefined): string | null =>
  (replacement ?? file.on_fleet) || null;

/** What `POST /api/generate` would be given. Files that the fleet lacks are left out, for no node could draw with them. */
export function usable({ settings, files }: Recipe, replacements: Replacements): Record<string, unknown> {
  const used = files.map((file, index) => ({ ...file, name: usedName(file, replacements[index]) }));
  const checkpoint = used.find(({ kind, name }) => kind === "model" && name)?.name;
  const loras = used.flatMap(({ kind, name, strength }) =>
    kind === "lora" && name ? [{ name, strength_model: strength ?? 1 }] : [],
  );
  const { checkpoint: _, loras: __, ...others } = settings;
  return { ...others, ...(checkpoint && { checkpoint }), ...(loras.length && { loras }) };
}

const NUMBERS = ["steps", "cfg_scale", "width", "height"] as const;
const TEXTS = ["model_family", "sampler", "scheduler", "checkpoint"] as const;

type Prompts = Pick<SessionConfig, "prompt" | "negative_prompt">;

/** For the studio's editor: its prompts, and the settings of the first stage. */
export function forEditor(settings: Readonly<Record<string, unknown>>): Prompts & { stage: StageSettings } {
  const { prompt, negative_prompt: negative, seed, loras, parameters } = settings;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const numbers = NUMBERS.filter((name) => Number.isFinite(settings[name]) && typeof settings[name] === "number");
  const texts = TEXTS.filter((name) => typeof settings[name] === "string");
  const isSeed = typeof seed === "number" || typeof seed === "string";
  return {
    prompt: text(prompt),
    negative_prompt: text(negative),
    stage: {
      ...Object.fromEntries([...numbers, ...texts].map((name) => [name, settings[name]])),
      ...(isSeed && { seed }),
      loras: Array.isArray(loras) ? (loras as StageSettings["loras"] & object) : [],
      ...(typeof parameters === "object" &&
        parameters && { parameters: parameters as StageSettings["parameters"] & object }),
    },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  cfg_scale: "Guidance (CFG)",
  model_family: "Model family",
  denoise_strength: "Drawn anew",
};
const ELSEWHERE = new Set(["prompt", "negative_prompt", "checkpoint", "loras", "width", "height"]);

/** Rows for people, without the prompts and the files, which have places of their own. */
export function rowsOf(settings: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  const { width, height, parameters, ...others } = settings;
  const more = typeof parameters === "object" && parameters ? Object.entries(parameters) : [];
  const plain = [...Object.entries(others), ...more].filter(([name, value]) => !ELSEWHERE.has(name) && value !== null);
  const rows = plain.map(([name, value]) => [titleOf(name), asText(value)] as const);
  return width && height ? [["Size", `${asText(width)} × ${asText(height)}`], ...rows] : rows;
}

const titleOf = (name: string): string =>
  NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

const asText = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
