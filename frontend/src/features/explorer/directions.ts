/** The directions of the map: in which one a picture lies beside another. */
import type { Direction } from "@/api/types";
import type { Varied } from "@/lib/varied";

export const DIRECTIONS: readonly { id: Direction; name: string; says: string }[] = [
  { id: "strength", name: "Strength", says: "Starts from the picture, and moves away from it" },
  { id: "wording", name: "Wording", says: "Other words, or words added" },
  { id: "model", name: "Model", says: "Drawn with other checkpoints" },
  { id: "seed", name: "Seed", says: "The same words, another throw of the dice" },
  { id: "lora_weight", name: "LoRA weight", says: "More or less of a LoRA" },
  { id: "guidance", name: "Guidance", says: "How closely it keeps to the words" },
];

const OF_PARAMETER: Readonly<Record<string, Direction>> = {
  denoise_strength: "strength",
  checkpoint: "model",
  seed: "seed",
  cfg_scale: "guidance",
  guidance: "guidance",
  wording: "wording",
  prompt: "wording",
  lora: "lora_weight",
};

/** Null where it differs in more than one thing, or in nothing that is a direction. */
export function directionOf(varied: Varied): Direction | null {
  const [parameter, ...others] = Object.keys(varied);
  if (parameter === undefined || others.length) return null;
  return OF_PARAMETER[parameter.split(":")[0] ?? ""] ?? null;
}

export const isDirection = (value: unknown): value is Direction => DIRECTIONS.some(({ id }) => id === value);
