import { PictureFace } from "@/components/PictureFace";
import { exploreFrom } from "@/features/explorer/axes/GridCell";
import { takeOver } from "@/features/explorer/map/neighbours";
import { usePicture } from "@/features/explorer/pictures";
import { toggleMark } from "@/features/explorer/useExplorer";
import { variedInWords } from "@/lib/varied";
import { useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

/** The pictures from one end to the other. */
export function Strip({ ids }: { ids: readonly string[] }) {
  return (
    <ol aria-label="From one to the other" className="flex gap-2 overflow-x-auto p-1">
      {ids.map((id, step) => (
        <li key={`${step} ${id}`} className="w-40 shrink-0 sm:w-48">
          <StepPicture id={id} name={nameOf(step, ids.length)} share={step / (ids.length - 1)} />
        </li>
      ))}
    </ol>
  );
}

const nameOf = (step: number, count: number): string =>
  step === 0 ? "From" : step === count - 1 ? "To" : `Step ${step} of ${count - 2}`;

interface StepProps {
  id: string;
  name: string;
  /** Of the way, from 0 to 1. */
  share: number;
}

function StepPicture({ id, name, share }: StepProps) {
  const found = usePicture(id);
  const own = useGenerationStore(({ live }) => id in live.generations);
  const mark = useGenerationStore(({ marks }) => marks[id]);
  const picture = found === "gone" ? undefined : found;
  if (!picture) return <div className="aspect-square rounded-lg bg-raised" />;
  const complete = picture.status === "complete";
  const end = share === 0 || share === 1;
  const says = end ? name : `${name}: ${variedInWords(picture.varied)}`;
  const { prompt: _, ...besides } = picture.varied; // words of both with their weights, which nobody can read here
  const told = end
    ? name
    : [`${Math.round(100 * share)} % of the way`, variedInWords(besides)].filter(Boolean).join(", ");
  return (
    <div data-generation={id} data-status={picture.status} data-mark={mark ?? "none"} className="grid gap-1">
      <button
        type="button"
        data-keys
        aria-label={[says, picture.status, mark === "selected" ? "picked" : ""].filter(Boolean).join(", ")}
        className={`relative block aspect-square w-full overflow-hidden rounded-lg bg-panel ${mark === "selected" ? "ring-4 ring-accent" : ""}`}
        onFocus={() => useUiStore.getState().set({ focusedId: id })}
        onClick={() => {
          if (!complete) void takeOver(id);
          else if (own) useUiStore.getState().set({ viewedId: id });
        }}
      >
        <PictureFace generation={picture} />
      </button>
      <p className="line-clamp-2 text-xs text-soft" title={says}>
        {told}
      </p>
      {complete && own && (
        <span className="flex gap-1">
          <button
            type="button"
            aria-pressed={mark === "selected"}
            aria-label={`Pick ${name}`}
            className="min-h-8 grow rounded-lg bg-raised text-xs pointer-coarse:min-h-11 aria-pressed:bg-accent aria-pressed:text-on-accent"
            onClick={() => toggleMark(id, "selected")}
          >
            {mark === "selected" ? "✓ Picked" : "Pick"}
          </button>
          <button
            type="button"
            aria-label={`Explore from ${name}`}
            className="min-h-8 grow rounded-lg bg-raised text-xs pointer-coarse:min-h-11"
            onClick={() => exploreFrom(id)}
          >
            Explore
          </button>
        </span>
      )}
    </div>
  );
}
