import { EstimateLine } from "@/features/funnel/EstimateLine";
import { StartingPicture } from "@/features/funnel/StartingPicture";
import { bodyFor, parentsOf } from "@/features/funnel/submission";
import { useEstimate } from "@/features/funnel/useEstimate";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

/** What the next pictures of the stage start from and what they take, where that is not what the preset says: seen before
 * they are asked for. */
export function NextPictures({ stage }: { stage: number }) {
  const config = useSessionStore((store) => store.config);
  useGenerationStore((store) => store.marks); // picks are what a stage starts from
  const own = Object.values(config.stages[stage] ?? {}).some((each) => each != null && String(each) !== "");
  const answer = useEstimate(own && config.prompt.trim() ? bodyFor(stage, parentsOf(stage)) : null);
  return (
    <>
      <StartingPicture stage={stage} />
      {own && answer?.estimate && <EstimateLine answer={answer} />}
    </>
  );
}
