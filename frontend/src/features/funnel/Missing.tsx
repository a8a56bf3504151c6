import { useMemo } from "react";

import { NotDrawn } from "@/actions/asked/NotDrawn";
import { goToStage } from "@/actions/stages";
import { Button } from "@/components/Button";
import { stageName } from "@/lib/stages";
import { ofStage, useGenerationStore } from "@/stores/generationStore";

/** Cancelled and failed pictures of the newest batch, and what can be done about them. */
export function Missing({ stage }: { stage: number }) {
  const generations = useGenerationStore(({ live }) => live.generations);
  const newest = useMemo(() => ofStage(generations, stage)[0] ?? [], [generations, stage]);
  return (
    <NotDrawn of={newest}>
      {stage > 0 && (
        <Button look="quiet" onClick={() => void goToStage(stage - 1)}>
          Back to {stageName(stage - 1).toLowerCase()}
        </Button>
      )}
    </NotDrawn>
  );
}
