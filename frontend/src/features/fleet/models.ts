/** Which model file is on which node. */
import type { Gpu, GpuModels } from "@/api/types";

export interface ModelRow {
  folder: string;
  file: string;
  /** Ids of the nodes that have it. */
  on: ReadonlySet<string>;
}

export const FOLDERS: Readonly<Record<string, string>> = {
  checkpoints: "Checkpoints",
  loras: "LoRAs",
  diffusion_models: "Diffusion models",
};

export interface Unasked {
  gpu: Gpu;
  why: string;
}

export function modelRows(answers: readonly GpuModels[]): ModelRow[] {
  return Object.keys(FOLDERS).flatMap((folder) => {
    const files = new Map<string, Set<string>>();
    for (const { id, models } of answers) {
      for (const file of models[folder] ?? []) files.set(file, (files.get(file) ?? new Set()).add(id));
    }
    return [...files]
      .map(([file, on]): ModelRow => ({ folder, file, on }))
      .sort((one, other) => one.file.localeCompare(other.file));
  });
}

export function matching(rows: readonly ModelRow[], text: string, missingOnly: boolean, nodes: number): ModelRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    ({ file, on }) => words.every((word) => file.toLowerCase().includes(word)) && (!missingOnly || on.size < nodes),
  );
}
