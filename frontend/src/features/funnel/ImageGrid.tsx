import { useMemo } from "react";

import { ImageCard } from "@/features/funnel/ImageCard";
import { stageName } from "@/lib/stages";
import { useStage } from "@/actions/batchRequest";
import { clock, plural } from "@/lib/format";
import { ofStage, useGenerationStore } from "@/stores/generationStore";

/** Every generation of the stage, a block for each batch, the newest first. */
export function ImageGrid() {
  const stage = useStage();
  const generations = useGenerationStore(({ live }) => live.generations);
  const batches = useMemo(() => ofStage(generations, stage), [generations, stage]);
  if (!batches.length) return <p className="py-16 text-center text-soft">No pictures here yet.</p>;
  return (
    <div className="grid gap-6">
      {batches.map((members) => {
        const [first] = members;
        if (!first) return null;
        return (
          <section
            key={first.batch_id}
            data-batch={first.batch_id}
            aria-label={`${stageName(stage)}, asked for at ${clock(first.created_at)}`}
          >
            {batches.length > 1 && (
              <p className="mb-2 flex gap-2 text-xs text-soft">
                <span className="shrink-0">
                  {clock(first.created_at)} · {plural(members.length, "picture")}
                </span>
                <span className="truncate" dir="auto" title={first.prompt.slice(0, 500)}>
                  {first.prompt.slice(0, 200)}
                </span>
              </p>
            )}
            <ul data-grid className={`grid gap-2 sm:gap-3 ${COLUMNS[Math.min(stage, 3)]}`}>
              {members.map((each, index) => (
                <ImageCard key={each.id} generationId={each.id} index={index} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

/** With fewer pictures each gets more room. */
const COLUMNS = [
  "grid-cols-[repeat(auto-fill,minmax(min(9.5rem,45%),1fr))]",
  "grid-cols-[repeat(auto-fill,minmax(min(15rem,45%),1fr))]",
  "grid-cols-[repeat(auto-fill,minmax(min(18rem,100%),1fr))]",
  "grid-cols-[repeat(auto-fill,minmax(min(26rem,100%),1fr))]",
];
