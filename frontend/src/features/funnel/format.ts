/** The shape of the pictures: chosen once for the drafts, kept by every picture that starts from another. */
import type { FlowStage } from "@/api/types";
import type { SessionConfig, StageSettings } from "@/stores/sessionStore";

export const FORMATS = [
  { id: "square", name: "Square", ratio: 1 },
  { id: "portrait", name: "Portrait", ratio: 2 / 3 },
  { id: "landscape", name: "Landscape", ratio: 3 / 2 },
  { id: "free", name: "Free", ratio: null },
] as const;

export type Format = (typeof FORMATS)[number]["id"];

interface Size {
  width?: number;
  height?: number;
  format?: string;
  side?: number;
}

/** What the drafts are drawn in: a size that somebody typed is free, and the preset's own shape stands for no choice. */
export function formatOf(config: SessionConfig, preset: FlowStage | null): Format {
  const own = config.stages[0] ?? {};
  if (own.width != null || own.height != null || config.format === "free") return "free";
  const known = FORMATS.find((each) => each.id === config.format);
  if (known || !preset) return known?.id ?? "square";
  return preset.width === preset.height ? "square" : preset.width < preset.height ? "portrait" : "landscape";
}

/** What a request says of the size: typed sides as they are, else how many pixels; and the shape, where no picture
 * to start from has one. */
export function sizeFor(config: SessionConfig, stage: number, preset: FlowStage, fromPictures: boolean): Size {
  const own: StageSettings = config.stages[stage] ?? {};
  const typed = {
    ...(own.width == null ? {} : { width: own.width }),
    ...(own.height == null ? {} : { height: own.height }),
  };
  if (own.width != null && own.height != null) return typed;
  const side = Math.round(Math.sqrt(preset.width * preset.height));
  if (fromPictures) return { ...typed, side };
  const chosen = FORMATS.find((each) => each.id === config.format && each.ratio !== null);
  return chosen ? { ...typed, side, format: chosen.id } : { width: preset.width, height: preset.height, ...typed };
}
