import type { ReactNode } from "react";

import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { bodyFor } from "@/actions/batchRequest";
import { useContinue } from "@/actions/batches";
import { NotUsedYet } from "@/actions/wording/NotUsedYet";
import { Button } from "@/components/Button";
import { STAGES } from "@/lib/stages";
import { useBarHeight } from "@/lib/useBarHeight";
import { stageOf, useSessionStore } from "@/stores/sessionStore";
import { useSuggestionFirst } from "@/stores/unusedWords";

/** What was picked goes on from here into the ordinary stages. */
export function PicksBar({ refine }: { refine: ReactNode }) {
  const measured = useBarHeight();
  const { sending, next, chosen, waiting } = useContinue(0);
  const { config, flows } = useSessionStore();
  const ids = chosen.map((each) => each.id);
  const answer = useEstimate(ids.length ? bodyFor(1, ids) : null);
  const suggestionFirst = useSuggestionFirst();
  if (!ids.length && !waiting) return null;
  const count = stageOf(flows, config, 1)?.count ?? "";
  return (
    <div
      ref={measured}
      className="sticky bottom-(--pages) z-10 flex shrink-0 flex-wrap items-center gap-3 border-t border-line bg-bg/95 py-2 backdrop-blur"
    >
      {ids.length > 0 && <div className="w-full">{refine}</div>}
      {!suggestionFirst && (
        <>
          <Button
            look="primary"
            className="min-h-11"
            disabled={!ids.length || sending || Boolean(answer?.problem)}
            onClick={() => void next()}
          >
            {sending ? "Sending…" : `${STAGES[1].verb} ${ids.length} picked → ${count}`}
          </Button>
          {ids.length > 0 && <EstimateLine answer={answer} />}
          <NotUsedYet />
        </>
      )}
    </div>
  );
}
