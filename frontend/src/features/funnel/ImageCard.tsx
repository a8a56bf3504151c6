import { memo } from "react";

import type { Generation } from "@/api/types";
import { PictureFace } from "@/components/PictureFace";
import { hasPicture } from "@/actions/batchRequest";
import { dragOut } from "@/actions/dragOut";
import { retry, star } from "@/actions/pictures";
import { pick, pickTo } from "@/features/funnel/picking";
import { seconds } from "@/lib/format";
import { useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

const MARKED = {
  selected: "ring-4 ring-accent",
  rejected: "opacity-35",
  none: "",
};

/** One generation, from waiting to picture; a click picks it. */
export const ImageCard = memo(function ImageCard({ generationId, index }: { generationId: string; index: number }) {
  const generation = useGenerationStore(({ live }) => live.generations[generationId]);
  const mark = useGenerationStore(({ marks }) => marks[generationId]);
  const focused = useUiStore(({ focusedId }) => (focusedId ? focusedId === generationId : index === 0));
  if (!generation) return null;
  return (
    <li
      data-generation={generationId}
      data-status={generation.status}
      data-mark={mark ?? "none"}
      draggable={hasPicture(generation)}
      onDragStart={(event) => dragOut(event, generation)}
      className="group relative self-start"
      style={{ aspectRatio: shapeOf(generation) }}
    >
      <button
        type="button"
        data-keys
        tabIndex={focused ? 0 : -1}
        aria-pressed={mark === "selected"}
        aria-label={labelOf(generation, mark, index)}
        className={`relative block size-full overflow-hidden rounded-xl bg-panel transition ${MARKED[mark ?? "none"]}`}
        onFocus={() => useUiStore.getState().set({ focusedId: generationId })}
        onKeyUp={(event) => event.key === " " && event.preventDefault()} // Firefox presses a button on Space
        onClick={({ shiftKey }) => (shiftKey ? pickTo(generationId) : pick(generationId))}
        onDoubleClick={() => useUiStore.getState().set({ viewedId: generationId })}
      >
        <PictureFace generation={generation} />
      </button>
      {mark && (
        <span
          aria-hidden
          className={`pointer-events-none absolute left-2 top-2 grid size-7 place-items-center rounded-full text-sm font-bold ${mark === "selected" ? "bg-accent text-on-accent" : "bg-bad text-bg"}`}
        >
          {mark === "selected" ? "✓" : "✕"}
        </span>
      )}
      {generation.starred && (
        <span
          aria-hidden
          className="pointer-events-none absolute top-2 right-2 grid size-7 place-items-center rounded-full bg-black/65 text-amber-300"
        >
          ★
        </span>
      )}
      {generation.status === "complete" && <Tools generation={generation} />}
      {(generation.status === "failed" || generation.status === "cancelled") && (
        <button
          type="button"
          className="absolute inset-x-3 bottom-3 rounded-lg bg-raised py-1.5 text-sm hover:brightness-125"
          onClick={() => void retry(generation)}
        >
          Try again
        </button>
      )}
    </li>
  );
});

function Tools({ generation }: { generation: Generation }) {
  const { toggle } = useGenerationStore.getState();
  const look = "grid size-9 place-items-center rounded-full bg-black/65 text-white hover:bg-black/85";
  return (
    <span className="absolute inset-x-2 bottom-2 flex justify-between opacity-0 transition group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
      <button
        type="button"
        tabIndex={-1}
        className={look}
        aria-label="Reject"
        title="Reject (X)"
        onClick={() => toggle([generation.id], "rejected")}
      >
        ✕
      </button>
      <span className="flex gap-1">
        <button
          type="button"
          tabIndex={-1}
          aria-pressed={generation.starred}
          className={`${look} ${generation.starred ? "text-amber-300" : ""}`}
          aria-label="Star"
          title="Star (S): kept when others are thrown away"
          onClick={() => void star(generation)}
        >
          {generation.starred ? "★" : "☆"}
        </button>
        <button
          type="button"
          tabIndex={-1}
          className={look}
          aria-label="Look at it full-screen"
          title={`Full-screen (Enter)${generation.generation_time_ms ? ` · ${seconds(generation.generation_time_ms / 1000)}` : ""}`}
          onClick={() => useUiStore.getState().set({ viewedId: generation.id })}
        >
          ⤢
        </button>
      </span>
    </span>
  );
}

/** Limited to 1:2 and 2:1, so that neighbours stay visible; square while the size is unknown. */
const shapeOf = ({ width, height }: Generation): number =>
  width && height ? Math.min(Math.max(width / height, 0.5), 2) : 1;

const labelOf = (generation: Generation, mark: string | undefined, index: number): string =>
  [`Picture ${index + 1}`, generation.status, mark, generation.starred && "starred"].filter(Boolean).join(", ");
