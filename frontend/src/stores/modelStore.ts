/** The fleet's model files: each one's family, and each family's file. */
import { useEffect } from "react";
import { create } from "zustand";

import { get as fetchJson, request } from "@/api/client";
import type { Models } from "@/api/types";
import { useGpuStore } from "@/stores/gpuStore";
import { useSessionStore } from "@/stores/sessionStore";

interface ModelStore {
  /** Null: not asked yet. */
  models: Models | null;
  load: () => Promise<void>;
  /** Draw the family with this file from now on, in all sessions. Throws HubProblem. */
  prefer: (family: string, file: string) => Promise<void>;
  /** Set a file's family; null: tell it by the name. Throws HubProblem. */
  sayFamily: (file: string, family: string | null) => Promise<void>;
}

export const useModelStore = create<ModelStore>()((set) => ({
  models: null,
  load: async () => set({ models: await fetchJson<Models>("/api/models") }),
  prefer: async (family, file) =>
    set({ models: await request<Models>("PUT", "/api/models/preferred", { family, file }) }),
  sayFamily: async (file, family) => {
    set({ models: await request<Models>("PUT", "/api/models/family", { file, family }) });
    await useSessionStore.getState().loadFlows(); // the presets may be drawn with other files now
  },
}));

/** Asks again when the fleet changes, and reloads the presets. */
export function useModels(): Models | null {
  const fleet = useGpuStore(({ gpus }) => JSON.stringify(gpus.map(({ id, healthy }) => [id, healthy])));
  useEffect(() => {
    useModelStore
      .getState()
      .load()
      .then(() => useSessionStore.getState().loadFlows())
      .catch(() => undefined); // the last answer stays
  }, [fleet]);
  return useModelStore(({ models }) => models);
}

/** The family of a chosen model file; null where none is chosen, or nothing tells it. */
export const familyOf = (models: Models | null, file: unknown): string | null =>
  models?.files.find(({ name, folder }) => name === file && folder !== "loras")?.family ?? null;

/** LoRAs made for another family, with that family; those of unknown family are left out. */
export function unsuitedLoras(models: Models | null, family: string): ReadonlyMap<string, string> {
  const relatives = models?.families.find((each) => each.family === family)?.relatives ?? [];
  const others = (models?.files ?? []).filter(
    (each) =>
      each.folder === "loras" && each.family !== null && each.family !== family && !relatives.includes(each.family),
  );
  return new Map(others.map((each) => [each.name, `made for ${each.family}`]));
}
