import { useMemo } from "react";

import { useGenerationStore } from "@/stores/generationStore";

/** Progress for screen readers: a sentence at each quarter, not at each picture. */
export function Announcer() {
  const batches = useGenerationStore(({ live }) => live.batches);
  const text = useMemo(() => {
    const newest = Object.values(batches)[0];
    if (!newest) return "";
    const { completed, batch_total: total } = newest;
    const quarter = Math.floor((4 * completed) / total);
    return completed === total
      ? `All ${total} pictures are done`
      : quarter
        ? `${Math.ceil((quarter * total) / 4)} of ${total} pictures are done`
        : "";
  }, [batches]);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
