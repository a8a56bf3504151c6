import { useCallback, useEffect, useState } from "react";

import { get, HubProblem } from "@/api/client";
import type { Catalog, TaskType, TaskTypeList } from "@/api/types";
import { useGpuStore } from "@/stores/gpuStore";

export interface TaskTypes {
  /** Null: never answered. */
  types: readonly TaskType[] | null;
  /** Null: not known yet, or not available. */
  catalog: Catalog | null;
  problem: HubProblem | null;
  reload: () => void;
}

/** The task types and the fleet's catalog; asked again when the fleet changes or the hub is back. */
export function useTaskTypes(): TaskTypes {
  const [held, setHeld] = useState<Omit<TaskTypes, "reload">>({ types: null, catalog: null, problem: null });
  const fleet = useGpuStore(({ gpus, reachable }) => JSON.stringify([reachable, ...gpus.map(about)]));
  const load = useCallback(async () => {
    const catalog = get<Catalog>("/api/workflow/catalog").catch(() => null);
    try {
      const { task_types: types } = await get<TaskTypeList>("/api/workflow/task-types");
      const known = await catalog;
      setHeld((before) => ({ types, catalog: known ?? before.catalog, problem: null }));
    } catch (error) {
      const problem = error instanceof HubProblem ? error : new HubProblem(0, "error", String(error));
      setHeld((before) => ({ ...before, problem }));
    }
  }, []);
  useEffect(() => void load(), [load, fleet]);
  return { ...held, reload: () => void load() };
}

const about = ({ id, healthy }: { id: string; healthy: boolean }): string => `${id} ${healthy}`;

export function namesIn(catalog: Catalog | null, list: string | null): Catalog["checkpoints"] | null {
  if (!catalog || !list) return null;
  const { other_models: others, ...own } = catalog;
  const found = (own as Record<string, Catalog["checkpoints"]>)[list] ?? others[list];
  return Array.isArray(found) ? found : null;
}
