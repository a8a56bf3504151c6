import { Dialog } from "radix-ui";
import { ReactCompareSlider, ReactCompareSliderImage } from "react-compare-slider";

import { withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { focusTile } from "@/lib/grid";
import { pictureOf } from "@/lib/mediaTypes";
import { STAGES } from "@/lib/stages";
import { useGenerationStore } from "@/stores/generationStore";

interface Props {
  one: Generation;
  other: Generation;
  onClose: () => void;
}

/** Two pictures under one slider. */
export function CompareView({ one, other, onClose }: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          data-compare
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            document.querySelector<HTMLElement>("[data-compare] [role=slider]")?.focus();
          }}
          onCloseAutoFocus={() => focusTile(one.id)}
          className="fixed inset-0 z-50 grid grid-rows-[auto_minmax(0,1fr)_auto] bg-bg"
        >
          <header className="flex items-center justify-between border-b border-line px-3 py-2">
            <Dialog.Title className="truncate text-sm font-medium">
              A: {whichOf(one)} · B: {whichOf(other)}
            </Dialog.Title>
            <Dialog.Description className="sr-only">
              Two pictures under one slider; the arrow keys move it.
            </Dialog.Description>
            <Dialog.Close
              className="rounded-lg px-3 py-1.5 text-soft hover:bg-raised hover:text-text"
              aria-label="Close"
            >
              ✕
            </Dialog.Close>
          </header>
          <div className="relative min-h-0">
            <Badge name="A" side="left-3" />
            <Badge name="B" side="right-3" />
            <ReactCompareSlider
              className="size-full"
              itemOne={
                <ReactCompareSliderImage
                  src={withTicket(pictureOf(one))}
                  alt="Picture A"
                  style={{ objectFit: "contain" }}
                />
              }
              itemTwo={
                <ReactCompareSliderImage
                  src={withTicket(pictureOf(other))}
                  alt="Picture B"
                  style={{ objectFit: "contain" }}
                />
              }
            />
          </div>
          <Choices one={one} other={other} onClose={onClose} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Which of them is picked, and the way between them. */
function Choices({ one, other, onClose }: Props) {
  return (
    <footer className="flex justify-between gap-3 border-t border-line p-3">
      <Choice name="A" generation={one} />
      <Button
        className="min-h-11 whitespace-nowrap"
        title="Five pictures on the way from A to B"
        onClick={() => {
          onClose();
          void import("@/actions/explorer/between").then(({ exploreBetween }) => exploreBetween(one, other));
        }}
      >
        Between
      </Button>
      <Choice name="B" generation={other} />
    </footer>
  );
}

/** Over its half, wherever the slider is. */
function Badge({ name, side }: { name: string; side: string }) {
  return (
    <span
      aria-hidden
      className={`pointer-events-none absolute top-3 ${side} z-10 grid size-9 place-items-center rounded-full bg-black/65 font-semibold text-white`}
    >
      {name}
    </span>
  );
}

/** Stage and seed: two pictures of one stage have different seeds. */
const whichOf = ({ stage, seed, task_type: type }: Generation): string =>
  `${type === "upscale" ? "upscaled" : (STAGES[stage]?.word ?? "picture")}, seed ${seed}`;

function Choice({ name, generation }: { name: string; generation: Generation }) {
  const mark = useGenerationStore(({ marks }) => marks[generation.id]);
  return (
    <Button
      look={mark === "selected" ? "primary" : "plain"}
      aria-pressed={mark === "selected"}
      className="min-h-11 w-36"
      onClick={() => useGenerationStore.getState().toggle([generation.id], "selected")}
    >
      {mark === "selected" ? `✓ ${name} is picked` : `Pick ${name}`}
    </Button>
  );
}
