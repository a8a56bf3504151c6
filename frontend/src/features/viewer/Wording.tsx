import { useEffect, useState } from "react";

import { get } from "@/api/client";
import type { Generation, Refinement, RefinementList } from "@/api/types";
import { WordDiff } from "@/components/WordDiff";
import { wordingSteps } from "@/features/viewer/refinementSteps";

/** How the words changed from the first draft to this picture: by which feedback, and by whom. */
export function Wording({ lineage }: { lineage: readonly Generation[] }) {
  const changed = lineage.some((each, index) => index > 0 && each.prompt && each.prompt !== lineage[index - 1]?.prompt);
  const refinements = useRefinements(changed ? lineage[0]?.session_id : undefined);
  if (!changed || !refinements) return null;
  return (
    <section aria-label="Wording">
      <h3 className="mb-2 text-xs font-semibold tracking-wide text-soft uppercase">Wording</h3>
      <ol className="grid gap-3">
        {wordingSteps(lineage, refinements).map(({ step, from, to, feedback, by }) => (
          <li key={step} className="grid gap-1 border-l-2 border-line pl-3 text-sm">
            <p className="text-xs text-soft">
              Step {step}, {by}
            </p>
            {feedback && <p dir="auto">“{feedback}”</p>}
            <WordDiff before={from} after={to} className="max-h-40 overflow-y-auto text-soft" />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Null until they are known; none where the hub does not tell. */
function useRefinements(sessionId: string | undefined): readonly Refinement[] | null {
  const [found, setFound] = useState<readonly Refinement[] | null>(null);
  useEffect(() => {
    if (!sessionId) return;
    let over = false;
    get<RefinementList>(`/api/sessions/${encodeURIComponent(sessionId)}/refinements`).then(
      ({ refinements }) => over || setFound(refinements),
      () => over || setFound([]),
    );
    return () => {
      over = true;
    };
  }, [sessionId]);
  return found;
}
