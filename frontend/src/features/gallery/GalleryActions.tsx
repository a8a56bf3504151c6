import { useState } from "react";
import { toast } from "sonner";

import { HubProblem } from "@/api/client";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { RatingChoice } from "@/features/gallery/RatingChoice";
import { rateTogether } from "@/features/gallery/rating";
import { changeAll, downloadZip, MOST_AT_ONCE, starAll } from "@/features/gallery/bulk";
import type { Selection } from "@/features/gallery/useSelection";
import { plural } from "@/lib/format";

const UNDO_SHOWN_MS = 12_000;

interface Props {
  selection: Selection;
  clear: () => void;
  /** Called with the hub's newest state of some pictures. */
  onChanged: (generations: readonly Generation[]) => void;
  /** Called when pictures have left the gallery or come back. */
  onMoved: () => void;
}

export function GalleryActions({ selection, clear, onChanged, onMoved }: Props) {
  const [busy, setBusy] = useState(false);
  const ids = [...selection.keys()];
  const starred = [...selection.values()].every((each) => each.starred);
  const tooMany = ids.length > MOST_AT_ONCE;

  const act = async (action: () => Promise<void>) => {
    setBusy(true);
    await action().catch(tell);
    setBusy(false);
  };
  const carryHome = async () => {
    const missing = await downloadZip(ids);
    if (missing) {
      toast.error(`${plural(missing, "picture file is", "picture files are")} lost or damaged on the hub's disk`, {
        description: "MISSING.txt in the zip names them.",
      });
    }
  };
  const remove = () =>
    act(async () => {
      const answered: Generation[] = [];
      try {
        await changeAll("discard", ids, (generations) => answered.push(...generations));
        clear();
      } finally {
        if (answered.length) offerUndo(answered, onMoved);
        onMoved();
      }
    });
  return (
    <div
      role="toolbar"
      aria-label="Selected pictures"
      className="fixed inset-x-0 bottom-[calc(var(--pages)+1rem)] z-30 mx-auto flex w-fit max-w-[calc(100vw-1rem)] flex-wrap items-center justify-center gap-2 rounded-2xl border border-line bg-panel p-2 shadow-2xl"
    >
      <p role="status" className="px-2 text-sm font-medium">
        {ids.length} selected
      </p>
      <Button disabled={busy} onClick={() => void act(() => starAll(ids, !starred, onChanged))}>
        {starred ? "Unstar" : "Star"}
      </Button>
      <RatingChoice
        disabled={busy}
        onRate={(rating) => void act(() => rateTogether([...selection.values()], rating, onChanged))}
      />
      <Button disabled={busy || tooMany} onClick={() => void act(carryHome)}>
        Download zip
      </Button>
      <Button look="danger" disabled={busy} onClick={() => void remove()}>
        Delete
      </Button>
      <Button look="quiet" onClick={clear}>
        Clear
      </Button>
      {tooMany && <p className="w-full text-center text-xs text-soft">A zip holds at most {MOST_AT_ONCE} pictures.</p>}
    </div>
  );
}

function offerUndo(answered: readonly Generation[], onMoved: () => void): void {
  const doomed = answered.filter((each) => each.discard_after !== null).map((each) => each.id);
  const kept = answered.length - doomed.length;
  const keptText = kept ? `${plural(kept, "starred one is", "starred ones are")} kept.` : undefined;
  if (!doomed.length) {
    toast("Nothing is deleted", { description: keptText });
    return;
  }
  const undo = () =>
    void changeAll("restore", doomed, () => undefined)
      .catch(tell)
      .finally(onMoved);
  toast(`${plural(doomed.length, "picture")} will be deleted in a day`, {
    description: keptText,
    duration: UNDO_SHOWN_MS,
    action: { label: "Undo", onClick: undo },
  });
}

function tell(error: unknown): void {
  toast.error(error instanceof HubProblem ? error.message : "That did not work.");
}
