import { withTicket } from "@/api/client";
import { Button } from "@/components/Button";
import { goBack } from "@/features/explorer/map/moves";
import { usePicture } from "@/features/explorer/pictures";
import { variedInWords } from "@/lib/varied";

/** The way to the centre; each step leads back to it. */
export function Trail({ trail }: { trail: readonly string[] }) {
  if (trail.length < 2) return null;
  return (
    <nav aria-label="Trail" className="flex min-w-0 items-center gap-2">
      <Button look="quiet" className="shrink-0" title="Back (Backspace)" onClick={() => goBack(trail.length - 2)}>
        ‹ Back
      </Button>
      <ol className="flex min-w-0 gap-1 overflow-x-auto p-1">
        {trail.map((id, step) => (
          <li key={`${step} ${id}`} className="shrink-0">
            <Step id={id} step={step} here={step === trail.length - 1} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Step({ id, step, here }: { id: string; step: number; here: boolean }) {
  const found = usePicture(id);
  const picture = found === "gone" ? undefined : found;
  const says = (picture && variedInWords(picture.varied)) || (step ? "a picture" : "the start");
  return (
    <button
      type="button"
      title={says}
      aria-label={`Step ${step + 1}: ${says}`}
      aria-current={here ? "step" : undefined}
      className="block size-11 overflow-hidden rounded-lg bg-raised aria-[current=step]:ring-2 aria-[current=step]:ring-accent"
      onClick={() => goBack(step)}
    >
      {picture?.thumbnail_url && (
        <img src={withTicket(picture.thumbnail_url)} alt="" className="size-full object-cover" />
      )}
    </button>
  );
}
