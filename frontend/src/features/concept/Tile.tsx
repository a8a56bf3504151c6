import { retry } from "@/actions/pictures";
import type { Generation } from "@/api/types";
import { PictureFace } from "@/components/PictureFace";
import { pick } from "@/features/concept/building";
import { useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

/** One picture; a click picks it, and takes the words that it was varied with. */
export function Tile({ generation, label }: { generation: Generation; label: string }) {
  const mark = useGenerationStore(({ marks }) => marks[generation.id]);
  const picked = mark === "selected";
  const over = generation.status === "failed" || generation.status === "cancelled";
  const shape = generation.width && generation.height ? generation.width / generation.height : 1;
  return (
    <div
      data-generation={generation.id}
      data-status={generation.status}
      data-mark={mark ?? "none"}
      className="group relative min-w-24"
      style={{ aspectRatio: Math.min(Math.max(shape, 0.5), 2) }}
    >
      <button
        type="button"
        aria-pressed={picked}
        aria-label={`${label}, ${generation.status}${picked ? ", picked" : ""}`}
        className={`block size-full overflow-hidden rounded-xl bg-panel ${picked ? "ring-4 ring-accent" : ""}`}
        onClick={() => pick(generation.id)}
        onDoubleClick={() => useUiStore.getState().set({ viewedId: generation.id })}
      >
        <PictureFace generation={generation} />
      </button>
      {generation.status === "complete" && (
        <button
          type="button"
          aria-label={`Look at ${label} full-screen`}
          className="absolute right-2 bottom-2 grid size-9 place-items-center rounded-full bg-black/65 text-white opacity-0 transition group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
          onClick={() => useUiStore.getState().set({ viewedId: generation.id })}
        >
          <span aria-hidden>⤢</span>
        </button>
      )}
      {over && (
        <button
          type="button"
          className="absolute inset-x-3 bottom-3 rounded-lg bg-raised py-1.5 text-sm"
          onClick={() => void retry(generation)}
        >
          Try again
        </button>
      )}
    </div>
  );
}
