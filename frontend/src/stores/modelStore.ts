/** The fleet's model files: of which family each is, and which one each family is drawn with. */
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
  /** Draw the family with this file from now on, in every session to come. Throws HubProblem. */
  prefer: (family: string, file: string) => Promise<void>;
  /** Say of which family a file is; null: go by its name. Throws HubProblem. */
  sayFamily: (file: string, family: string | null) => Promise<void>;
}

export const useModelStore = create<ModelStore>()((set) => ({
  models: null,
  load: async () => set({ models: await fetchJson<Models>("/api/models") }),
  prefer: async (family, file) =>
    set({ models: await request<Models>("PUT", "/api/models/preferred", { family, file }) }),
  sayFamily: async (file, family) => {
    set({ models: await request<Models>("PUT", "/api/models/family", { file, family }) });
    await useSessionStore.getState().loadFlows(); // what the presets can be drawn with may be another now
  },
}));

/** Asked anew when the fleet changes, and with it what the presets can be drawn with. */
export function useModels(): Models | null {
  const fleet = useGpuStore(({ gpus }) => JSON.stringify(gpus.map(({ id, healthy }) => [id, healthy])));
  useEffect(() => {
    useModelStore
      .getState()
      .load()
      .then(() => useSessionStore.getState().loadFlows())
      .catch(() => undefined); // what was known stays
  }, [fleet]);
  return useModelStore(({ models }) => models);
}

/** Families of one architecture: a LoRA of one works with the others. */
const RELATIVES = new Set(["sdxl", "pony", "illustrious"]);

/** LoRAs that were made for another family, each with that; those whose names do not tell are left alone. */
export function unsuitedLoras(models: Models | null, family: string): ReadonlyMap<string, string> {
  const others = (models?.files ?? []).filter(
    (each) =>
      each.folder === "loras" &&
      each.family !== null &&
      each.family !== family &&
      !(RELATIVES.has(each.family) && RELATIVES.has(family)),
  );
  return new Map(others.map((each) => [each.name, `made for ${each.family}`]));
}
