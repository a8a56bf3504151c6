import { useMemo } from "react";

import { Button } from "@/components/Button";
import { retryAll } from "@/actions/pictures";
import { goToStage } from "@/actions/stages";
import { stageName } from "@/lib/stages";
import { plural } from "@/lib/format";
import { ofStage, useGenerationStore } from "@/stores/generationStore";

/** Cancelled and failed pictures of the newest batch, and what can be done about them. */
export function Missing({ stage }: { stage: number }) {
  const generations = useGenerationStore(({ live }) => live.generations);
  const newest = useMemo(() => ofStage(generations, stage)[0] ?? [], [generations, stage]);
  if (newest.some((each) => each.status === "queued" || each.status === "generating")) return null;
  const missing = newest.filter((each) => each.status === "cancelled" || each.status === "failed");
  if (!missing.length) return null;
  const stopped = missing.every((each) => each.status === "cancelled");
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      <p className="text-warm">
        {missing.length} of {plural(newest.length, "picture")} {stopped ? "stopped" : "not drawn"}.
      </p>
      <Button onClick={() => void retryAll(missing)}>
        {missing.length === 1 ? "Draw it after all" : `Draw the other ${missing.length}`}
      </Button>
      {stage > 0 && (
        <Button look="quiet" onClick={() => void goToStage(stage - 1)}>
          Back to {stageName(stage - 1).toLowerCase()}
        </Button>
      )}
    </div>
  );
}
