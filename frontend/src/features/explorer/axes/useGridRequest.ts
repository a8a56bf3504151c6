import { useEffect, useState } from "react";

import { gridRequest, type GridRequest } from "@/features/explorer/axes/gridRequest";
import type { ExplorerState } from "@/features/explorer/state";
import { useSessionStore } from "@/stores/sessionStore";

const NONE: GridRequest = { body: null, problem: null };

/** What would be asked for as the form stands. */
export function useGridRequest(state: ExplorerState): GridRequest {
  const [request, setRequest] = useState(NONE);
  const config = useSessionStore((store) => store.config);
  const flows = useSessionStore((store) => store.flows);
  useEffect(() => {
    let over = false;
    void gridRequest(state).then((next) => {
      if (!over) setRequest((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    });
    return () => {
      over = true;
    };
  }, [state, config, flows]);
  return request;
}
