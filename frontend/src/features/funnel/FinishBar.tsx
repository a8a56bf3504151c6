import type { ReactNode } from "react";
import { toast } from "sonner";

import { withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { picked, hasPicture } from "@/actions/batchRequest";
import { inWords, upscale } from "@/actions/batches";
import { bareNameOf, fileNameOf } from "@/actions/dragOut";
import { Button } from "@/components/Button";
import { LAST_STAGE } from "@/lib/stages";
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { useSuggestionFirst } from "@/stores/unusedWords";

const whichIsMeant = (finals: number, picks: number): string =>
  finals < 2
    ? "your final picture"
    : picks
      ? "the one that you picked"
      : `the first of ${finals}: pick another to take it`;

const isUpscaled = (generation: Generation): boolean => generation.task_type === "upscale";

/** What can be done with the final picture, and what should change in the next one. */
export function FinishBar({ refine }: { refine: ReactNode }) {
  const suggestionFirst = useSuggestionFirst();
  const generations = useGenerationStore(({ live }) => live.generations);
  const marks = useGenerationStore((store) => store.marks);
  const done = ofStage(generations, LAST_STAGE).flat().filter(hasPicture);
  const picks = picked(generations, marks, LAST_STAGE);
  const [chosen] = [...picks, ...done];
  const best = done.find((each) => each.parent_id === chosen?.id && isUpscaled(each)) ?? chosen;
  if (!best?.image_url) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div className="w-full">{refine}</div>
      {!suggestionFirst && (
        <>
          <a
            className="inline-flex min-h-11 items-center rounded-lg bg-accent px-5 font-semibold text-on-accent hover:brightness-110"
            href={withTicket(best.image_url)}
            download={fileNameOf(best)}
          >
            Download
          </a>
          <a
            className="inline-flex min-h-11 items-center rounded-lg border border-line bg-raised px-3 text-sm hover:border-soft"
            href={withTicket(`${best.image_url}?metadata=none`)}
            download={bareNameOf(best)}
            title="The same picture without prompt, settings and graph: to be shared"
          >
            Without metadata
          </a>
          {!isUpscaled(best) && (
            <Button
              className="min-h-11"
              onClick={() => void upscale(best).catch((error: Error) => toast.error(inWords(error)))}
            >
              Upscale ×4
            </Button>
          )}
          <span className="text-sm text-soft">
            {best.width}×{best.height} · {whichIsMeant(done.filter((each) => !isUpscaled(each)).length, picks.length)}
          </span>
        </>
      )}
    </div>
  );
}
