import { star } from "@/actions/pictures";
import { Button } from "@/components/Button";
import { usePicture } from "@/features/explorer/pictures";
import { changeExplorer, toggleMark } from "@/features/explorer/useExplorer";
import { modelName } from "@/lib/format";
import { variedInWords } from "@/lib/varied";
import { useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

/** What can be done with the picture in the middle. */
export function CentreBar({ centre }: { centre: string }) {
  const found = usePicture(centre);
  const picked = useGenerationStore(({ marks }) => marks[centre] === "selected");
  const own = useGenerationStore(({ live }) => centre in live.generations);
  if (!found || found === "gone") return null;
  const complete = found.status === "complete";
  const facts = [variedInWords(found.varied), `seed ${found.seed}`, found.checkpoint && modelName(found.checkpoint)];
  return (
    <section
      aria-label="The picture in the middle"
      className="flex flex-wrap items-center gap-2 max-sm:gap-1 max-sm:[&>button]:px-2 max-sm:[&>button]:text-xs sm:flex-nowrap"
    >
      {own && (
        <>
          <Button aria-pressed={picked} disabled={!complete} onClick={() => toggleMark(centre, "selected")}>
            {picked ? "✓ Picked" : "Pick"}
          </Button>
          <Button aria-pressed={found.starred} disabled={!complete} onClick={() => void star(found)}>
            {found.starred ? "★ Starred" : "☆ Star"}
          </Button>
          <Button disabled={!complete} onClick={() => useUiStore.getState().set({ viewedId: centre })}>
            Open
          </Button>
        </>
      )}
      <Button onClick={() => changeExplorer({ view: "axes", ofPicture: true })}>Grid of it</Button>
      <Button onClick={() => changeExplorer({ view: "between", from: centre })}>Between…</Button>
      <p className="w-full truncate text-xs text-soft sm:w-auto sm:min-w-0 sm:grow">
        {[...new Set(facts)].filter(Boolean).join(" · ")}
      </p>
    </section>
  );
}
