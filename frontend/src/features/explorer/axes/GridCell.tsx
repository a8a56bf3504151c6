import { memo } from "react";

import { PictureFace } from "@/components/PictureFace";
import type { Crop } from "@/features/explorer/axes/crop";
import { moveTo } from "@/features/explorer/map/moves";
import { takeOver } from "@/features/explorer/map/neighbours";
import { usePicture } from "@/features/explorer/pictures";
import { changeExplorer, toggleMark } from "@/features/explorer/useExplorer";
import { useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

interface Props {
  id: string | null;
  /** Column and row in words. */
  words: string;
  place: string;
  tabbable: boolean;
  /** From the picture itself: it is seen larger than its thumbnail. */
  sharp: boolean;
  crop: Crop;
}

/**
 * One picture of the grid: a click opens it, and below it is what else can be done. The browser lays out and draws only
 * those near the screen, of up to 500.
 */
export const GridCell = memo(function GridCell({ id, words, place, tabbable, sharp, crop }: Props) {
  const found = usePicture(id);
  const mark = useGenerationStore(({ marks }) => (id ? marks[id] : undefined));
  const picture = found === "gone" ? undefined : found;
  const complete = picture?.status === "complete";
  if (!id || !picture)
    return (
      <div className="grid aspect-square w-28 sm:w-40 place-items-center rounded-lg bg-panel text-xs text-soft">
        Deleted
      </div>
    );
  return (
    <div
      data-generation={id}
      data-status={picture.status}
      data-mark={mark ?? "none"}
      className={`-m-1 grid w-30 gap-1 p-1 sm:w-42 ${NEAR}`}
    >
      <button
        type="button"
        data-keys
        data-cell={place}
        tabIndex={tabbable ? 0 : -1}
        aria-label={[words, picture.status, mark === "selected" ? "picked" : ""].filter(Boolean).join(", ")}
        className={`relative block aspect-square w-full overflow-hidden rounded-lg bg-panel ${mark === "selected" ? "ring-4 ring-accent" : ""}`}
        onFocus={() => useUiStore.getState().set({ focusedId: id })}
        onClick={() => (complete ? useUiStore.getState().set({ viewedId: id }) : void takeOver(id))}
      >
        <span ref={crop.cell} className="block size-full">
          <PictureFace generation={picture} sharp={sharp} />
        </span>
      </button>
      {complete && (
        <span className="flex justify-center gap-1">
          <button
            type="button"
            tabIndex={-1}
            aria-pressed={mark === "selected"}
            aria-label={`Pick ${words}`}
            className="grid min-h-8 grow place-items-center rounded-lg bg-raised text-xs pointer-coarse:min-h-11 aria-pressed:bg-accent aria-pressed:text-on-accent"
            onClick={() => toggleMark(id, "selected")}
          >
            {mark === "selected" ? "✓ Picked" : "Pick"}
          </button>
          <button
            type="button"
            tabIndex={-1}
            aria-label={`Explore from ${words}`}
            className="grid min-h-8 grow place-items-center rounded-lg bg-raised text-xs pointer-coarse:min-h-11"
            onClick={() => exploreFrom(id)}
          >
            Explore
          </button>
        </span>
      )}
    </div>
  );
});

/** Until a cell was laid out once it counts as high as one with its buttons. */
const NEAR =
  "[content-visibility:auto] [contain-intrinsic-height:auto_9.25rem] sm:[contain-intrinsic-height:auto_12.25rem]";

/** Shows it in the middle of the map. */
export function exploreFrom(id: string): void {
  changeExplorer({ view: "map" });
  moveTo(id);
}
