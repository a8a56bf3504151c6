import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { StartingPicture } from "@/actions/start/StartingPicture";
import { bodyFor, parentsOf } from "@/actions/batchRequest";
import { useSubmitting } from "@/actions/batches";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";
import { useFleetCosts } from "@/stores/useMaxCost";

/** What the stage's next pictures start from and take, shown before they are submitted where their settings differ from
 * the preset or they could cost something. */
export function NextPictures({ stage }: { stage: number }) {
  const config = useSessionStore((store) => store.config);
  useGenerationStore((store) => store.marks); // picks are the parents anyway
  const start = stage === 0 ? config.start : undefined;
  const own = start || Object.values(config.stages[stage] ?? {}).some((each) => each != null && String(each) !== "");
  const costs = useFleetCosts(); // then nothing is drawn without both ways having been told
  const refused = useSubmitting(({ problem }) => problem !== null); // then it is told already
  const answer = useEstimate((own || costs) && config.prompt.trim() ? bodyFor(stage, parentsOf(stage)) : null);
  return (
    <>
      {!start && <StartingPicture stage={stage} />}
      {answer && (answer.estimate || ((start || answer.problem.code === "no_capable_node") && !refused)) && (
        <EstimateLine answer={answer} />
      )}
    </>
  );
}
