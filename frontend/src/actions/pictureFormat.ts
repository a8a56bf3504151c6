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

/** The drafts' format: `free` with a typed size, the preset's shape if none was chosen. */
export function formatOf(config: SessionConfig, preset: FlowStage | null): Format {
  const own = config.stages[0] ?? {};
  if (own.width != null || own.height != null || config.format === "free") return "free";
  const known = FORMATS.find((each) => each.id === config.format);
  if (known || !preset) return known?.id ?? "square";
  return preset.width === preset.height ? "square" : preset.width < preset.height ? "portrait" : "landscape";
}

/** The size in a request: typed sides, else a number of pixels; and the shape, unless a parent decides it. */
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
