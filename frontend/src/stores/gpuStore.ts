/** The fleet: asked for every few seconds; live events report changes of state in between. */
import { create } from "zustand";

import { get as fetchJson, HubProblem } from "@/api/client";
import { TAKES_WORK, type Gpu, type GpuList } from "@/api/types";

export const POLL_MS = 5000;

interface GpuStore {
  gpus: readonly Gpu[];
  configProblems: GpuList["config_problems"];
  storageProblem: string | null;
  /** Faults of the hub itself, which it retries. */
  hubProblems: readonly string[];
  /** Null: never asked. */
  reachable: boolean | null;
  keyNeeded: boolean;
  refresh: () => Promise<void>;
  replace: (gpus: readonly Gpu[]) => void;
  /** Takes in a live event about one node; the next poll brings the rest. */
  nodeChanged: (gpuId: string, news: Pick<Gpu, "state" | "reason" | "reason_code">) => void;
}

export const useGpuStore = create<GpuStore>()((set) => ({
  gpus: [],
  configProblems: [],
  storageProblem: null,
  hubProblems: [],
  reachable: null,
  keyNeeded: false,
  refresh: async () => {
    try {
      const { gpus, ...problems } = await fetchJson<GpuList>("/api/gpus");
      const { config_problems: configProblems, storage_problem: storageProblem } = problems;
      const hubProblems = problems.hub_problems;
      set({ gpus, configProblems, storageProblem, hubProblems, reachable: true, keyNeeded: false });
    } catch (error) {
      const keyNeeded = error instanceof HubProblem && error.status === 401;
      const answered = error instanceof HubProblem && error.status > 0;
      set({ reachable: answered, keyNeeded });
    }
  },
  replace: (gpus) => set({ gpus, reachable: true }),
  nodeChanged: (gpuId, { state, reason, reason_code }) =>
    set(({ gpus }) => ({
      gpus: gpus.map((gpu) =>
        gpu.id === gpuId ? { ...gpu, state, reason, reason_code, healthy: TAKES_WORK.has(state) } : gpu,
      ),
    })),
}));

export const nameOf = (gpus: readonly Gpu[], gpuId: string | null): string =>
  gpus.find((gpu) => gpu.id === gpuId)?.name ?? gpuId ?? "";
