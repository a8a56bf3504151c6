/** What a batch of the open session may cost, as its config remembers it. */
import { useGpuStore } from "@/stores/gpuStore";
import { useSessionStore } from "@/stores/sessionStore";

interface MaxCost {
  maxCost: number;
  /** Whether there is anything to say: a node has a price, or something was said before. */
  asked: boolean;
  say: (maxCost: number) => void;
}

export const useFleetCosts = (): boolean => useGpuStore(({ gpus }) => gpus.some(({ cost }) => cost !== null));

/** Whether a node is paid by the hour: a limit bounds what it draws, not what it is rented for beside. */
export const useHourlyCosts = (): boolean => useGpuStore(({ gpus }) => gpus.some(({ cost }) => cost?.per_hour_usd));

export function useMaxCost(): MaxCost {
  const maxCost = useSessionStore(({ config }) => config.max_cost_usd ?? 0);
  const change = useSessionStore((store) => store.change);
  const asked = useFleetCosts() || maxCost > 0;
  return { maxCost, asked, say: (max_cost_usd) => change({ max_cost_usd }) };
}
