import { useEffect, useState } from "react";

import { get, HubProblem } from "@/api/client";
import type { Batch } from "@/api/types";
import { useGenerationStore } from "@/stores/generationStore";

/** A batch with its axes and its pictures in their order; "gone": it was deleted. */
export function useBatch(batchId: string | null): Batch | "gone" | null {
  const [found, setFound] = useState<{ id: string; batch: Batch | "gone" } | null>(null);
  const connected = useGenerationStore(({ live }) => live.session !== null);
  useEffect(() => {
    if (!batchId || !connected) return;
    let over = false;
    get<Batch>(`/api/batches/${encodeURIComponent(batchId)}`).then(
      (batch) => !over && setFound({ id: batchId, batch }),
      (error: unknown) => {
        if (!over && error instanceof HubProblem && error.status === 404) setFound({ id: batchId, batch: "gone" });
      },
    );
    return () => {
      over = true;
    };
  }, [batchId, connected]);
  return found?.id === batchId ? found.batch : null;
}
