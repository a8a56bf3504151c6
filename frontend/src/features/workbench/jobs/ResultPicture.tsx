import { useState } from "react";

import { withTicket } from "@/api/client";
import type { JobPicture, TaskType } from "@/api/types";
import { Button } from "@/components/Button";
import type { PictureInput } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { drag } from "@/features/workbench/draft/intake";
import { offerBack } from "@/features/workbench/draft/offerBack";
import { TypeChooser } from "@/features/workbench/form/TypeChooser";

interface Props {
  picture: JobPicture;
  /** The picture's name for screen readers. */
  label: string;
  types: readonly TaskType[];
  onOpen: () => void;
}

/** A picture that a task has made, with buttons to use it in a next task. */
export function ResultPicture({ picture, label, types, onOpen }: Props) {
  const [choosing, setChoosing] = useState(false);
  const [gone, setGone] = useState(false);
  const input: PictureInput = {
    reference: `@generation:${picture.generation_id}`,
    thumbnail: picture.thumbnail_url,
    label,
  };
  if (gone)
    return <li className="grid aspect-square place-items-center rounded-lg bg-raised text-xs text-soft">Deleted</li>;
  return (
    <li className="grid gap-1" data-result={picture.generation_id}>
      <button
        type="button"
        draggable
        aria-label={`Look at ${label}`}
        title={`${picture.width}×${picture.height}, seed ${picture.seed}`}
        className="aspect-square overflow-hidden rounded-lg bg-raised"
        onDragStart={({ dataTransfer }) => drag(dataTransfer, input)}
        onClick={onOpen}
      >
        <img
          src={withTicket(picture.thumbnail_url)}
          alt=""
          draggable={false}
          loading="lazy"
          onError={() => setGone(true)}
          className="size-full object-contain"
        />
      </button>
      <Button aria-label={`Use ${label} in…`} className="w-full" onClick={() => setChoosing(true)}>
        Use in…
      </Button>
      {choosing && (
        <TypeChooser
          title="Use this picture in…"
          description="The form of the next task starts with it."
          thumbnail={picture.thumbnail_url}
          types={types}
          onClose={() => setChoosing(false)}
          onChoose={(type) => {
            setChoosing(false);
            startFrom(type, input);
          }}
        />
      )}
    </li>
  );
}

/** Replaces the form; what was typed before is kept with its type and can be restored. */
function startFrom(type: TaskType, input: PictureInput): void {
  const { draft, shown, startFrom: start, replace } = useDraftStore.getState();
  start(type, input);
  if (draft.length > 1) offerBack("This task took the place of the chain", () => replace(draft, shown));
}
