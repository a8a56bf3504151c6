import { EstimateLine } from "@/features/funnel/estimate/EstimateLine";
import { StartingPicture } from "@/features/funnel/StartingPicture";
import { bodyFor, parentsOf } from "@/actions/batchRequest";
import { useEstimate } from "@/features/funnel/estimate/useEstimate";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

/** The parents and settings of the stage's next pictures where they differ from the preset, shown before they are
 * submitted. */
export function NextPictures({ stage }: { stage: number }) {
  const config = useSessionStore((store) => store.config);
  useGenerationStore((store) => store.marks); // picks are the parents anyway
  const own = Object.values(config.stages[stage] ?? {}).some((each) => each != null && String(each) !== "");
  const answer = useEstimate(own && config.prompt.trim() ? bodyFor(stage, parentsOf(stage)) : null);
  return (
    <>
      <StartingPicture stage={stage} />
      {own && answer?.estimate && <EstimateLine answer={answer} />}
    </>
  );
}
