import type { ReactNode } from "react";

import { removeStart, setStrength } from "@/actions/startPicture";
import { usePictureUrl } from "@/actions/usePictureUrl";
import { Button } from "@/components/Button";
import { StrengthSlider } from "@/components/StrengthSlider";
import type { StartPicture } from "@/stores/startPicture";

interface Props {
  start: StartPicture;
  /** What replaces it. */
  children: ReactNode;
}

/** The picture that the first stage starts from, and how much of it is drawn anew. */
export function StartPictureCard({ start, children }: Props) {
  const picture = usePictureUrl(start.picture);
  return (
    <section aria-label="Start picture" className="grid gap-2 p-2">
      <div className="flex gap-3">
        <span className="grid size-24 shrink-0 place-items-center overflow-hidden rounded-lg bg-raised">
          {picture && picture !== "gone" && (
            <img src={picture.url} alt={start.name} className="size-full object-contain text-xs" />
          )}
          {picture === null && (
            <span role="status" aria-label="Loading the start picture" className="shimmer size-full" />
          )}
          {picture === "gone" && <span className="p-1 text-center text-xs text-warm">Gone from the hub</span>}
        </span>
        <div className="grid min-w-0 grow content-start gap-1">
          <p dir="auto" className="truncate px-3 text-sm font-medium" title={start.name}>
            {start.name}
          </p>
          <span className="flex flex-wrap">
            {children}
            <Button look="quiet" aria-label="Remove the start picture" onClick={() => removeStart(start)}>
              Remove
            </Button>
          </span>
        </div>
      </div>
      {picture === "gone" && (
        <p role="alert" className="text-xs text-warm">
          The picture is not on the hub any more. Choose it again, or remove it.
        </p>
      )}
      <StrengthSlider
        label="How much is drawn anew"
        value={start.strength}
        onChange={(strength) => setStrength(start, strength)}
      />
    </section>
  );
}
