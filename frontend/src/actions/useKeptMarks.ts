import { useEffect } from "react";

import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

/** Keeps picks and rejections in the open session; answers whether its pictures are there. */
export function useKeptMarks(): boolean {
  const loaded = useGenerationStore(({ live }) => live.session !== null || Object.keys(live.generations).length > 0);
  const marks = useGenerationStore((store) => store.marks);
  useEffect(() => {
    const { config, change } = useSessionStore.getState();
    if (config.marks !== marks && loaded) change({ marks });
  }, [marks, loaded]);
  return loaded;
}
