import { goToStage } from "@/actions/stages";
import { flowName } from "@/lib/flows";
import { STAGES } from "@/lib/stages";
import { useStage } from "@/actions/batchRequest";
import { useGenerationStore } from "@/stores/generationStore";

export function StageBreadcrumb() {
  const stage = useStage();
  const generations = useGenerationStore(({ live }) => live.generations);
  const flow = useGenerationStore(({ live }) => live.session?.flow_type ?? "draft_grid");
  return (
    <nav aria-label="Stages" className="-mx-1 overflow-x-auto px-1 py-1">
      <ol className="flex min-w-max items-center gap-0.5 text-sm sm:gap-1">
        {STAGES.map(({ name }, index) => {
          const members = Object.values(generations).filter((each) => each.stage === index);
          const done = members.filter((each) => each.status === "complete").length;
          return (
            <li key={name} className="flex items-center gap-0.5 sm:gap-1">
              {index > 0 && <span className="text-soft">→</span>}
              <button
                type="button"
                aria-current={index === stage ? "step" : undefined}
                disabled={index !== stage && index !== 0 && !members.length}
                onClick={() => void goToStage(index)}
                className={`rounded-lg px-1.5 py-1.5 sm:px-2.5 ${index === stage ? "bg-raised font-semibold" : "text-soft enabled:hover:text-text disabled:opacity-60"}`}
              >
                {index === 0 && flow !== "draft_grid" ? flowName(flow) : name}
                {members.length > 0 && (
                  <span className="ml-1.5 text-xs text-soft">
                    {done === members.length ? done : `${done}/${members.length}`}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
