/** What the parameters of a workflow are called, and of which role each is: a colour, and always a word with it. */

export type Role = "words" | "kept out" | "picture" | "files" | "settings";

/** By the hub's names. */
const KNOWN: Readonly<Record<string, readonly [Role, string]>> = {
  prompt: ["words", "Prompt"],
  negative_prompt: ["kept out", "Negative prompt"],
  image: ["picture", "Picture to start from"],
  mask: ["picture", "Mask"],
  checkpoint: ["files", "Checkpoint"],
  diffusion_model: ["files", "Diffusion model"],
  text_encoder: ["files", "Text encoder"],
  second_text_encoder: ["files", "Second text encoder"],
  vae: ["files", "VAE"],
  controlnet: ["files", "ControlNet"],
  upscale_model: ["files", "Upscaler"],
  seed: ["settings", "Seed"],
  width: ["settings", "Width"],
  height: ["settings", "Height"],
  steps: ["settings", "Steps"],
  cfg_scale: ["settings", "Guidance (CFG)"],
  guidance: ["settings", "Guidance (Flux)"],
  denoise_strength: ["settings", "How much is drawn anew"],
  sampler: ["settings", "Sampler"],
  scheduler: ["settings", "Scheduler"],
};

/** Those that are asked for most, in the order of a form. */
export const PARAMETERS: readonly string[] = Object.keys(KNOWN);

export const roleOf = (parameter: string): Role => KNOWN[parameter]?.[0] ?? "settings";

export const titleOf = (parameter: string): string =>
  KNOWN[parameter]?.[1] ?? parameter.charAt(0).toUpperCase() + parameter.slice(1).replaceAll("_", " ");

/** Classes of a role: the ink of its words, and the fill and line of its shapes in the drawing. */
export const INKS: Readonly<Record<Role, { ink: string; fill: string; stroke: string }>> = {
  words: { ink: "text-good", fill: "fill-good", stroke: "stroke-good" },
  "kept out": { ink: "text-bad", fill: "fill-bad", stroke: "stroke-bad" },
  picture: { ink: "text-accent", fill: "fill-accent", stroke: "stroke-accent" },
  files: { ink: "text-warm", fill: "fill-warm", stroke: "stroke-warm" },
  settings: { ink: "text-text", fill: "fill-text", stroke: "stroke-text" },
};
