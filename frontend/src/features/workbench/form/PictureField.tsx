import { useId, useState, type ClipboardEvent, type DragEvent } from "react";

import { Button } from "@/components/Button";
import { RequiredMark } from "@/components/Field";
import { PasteButton } from "@/components/PasteButton";
import { picturesIn, resultOf, taskId, type PictureInput } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import type { FormField } from "@/features/workbench/draft/formSchema";
import {
  carriesPicture,
  draggedPicture,
  placeOf,
  takeArrival,
  takeFiles,
  useIntake,
} from "@/features/workbench/draft/intake";
import { PaintMask } from "@/features/workbench/form/PaintMask";
import { PicturePicker } from "@/features/workbench/form/PicturePicker";
import { PictureTile } from "@/features/workbench/form/PictureTile";
import { arrivalIn, type Arrival } from "@/lib/arriving/arrivals";
import { hasDocuments } from "@/lib/arriving/documents";
import { PICTURE_TYPES } from "@/lib/arriving/files";

interface Props {
  field: FormField;
  task: number;
  error: string | undefined;
}

/** Pictures to start from: dropped, pasted, chosen, from the gallery, or the result of an earlier task. */
export function PictureField({ field, task, error }: Props) {
  const id = useId();
  const { over, drop } = useDrop(field, task);
  const problems = useIntake((store) => store.problems[placeOf(task, field.name)]) ?? [];
  const told = [...(error ? [error] : []), ...problems];
  return (
    <fieldset aria-describedby={`${id}-note`} className="grid min-w-0 gap-1">
      <legend className="mb-1 text-sm font-medium">
        {field.title}
        {field.required && <RequiredMark />}
      </legend>
      <div
        {...drop}
        data-picture-field={field.name}
        data-wrong={told.length > 0}
        className={`grid gap-3 rounded-xl border border-dashed p-3 ${over ? "border-accent bg-raised" : told.length ? "border-bad" : "border-line"}`}
      >
        <Pictures field={field} task={task} />
        <Sources field={field} task={task} />
      </div>
      <div id={`${id}-note`} className="text-xs">
        {told.map((each) => (
          <p key={each} role="alert" className="text-bad">
            {each}
          </p>
        ))}
        {!told.length && <p className="text-soft">{field.description}</p>}
      </div>
    </fieldset>
  );
}

function Pictures({ field, task }: Omit<Props, "error">) {
  const pictures = picturesIn(useDraftStore(({ draft }) => draft[task]?.inputs[field.name]));
  const draft = useDraftStore((store) => store.draft);
  const busy = useIntake((store) => store.busy[placeOf(task, field.name)] ?? 0);
  const { setInput } = useDraftStore.getState();
  const set = (next: readonly PictureInput[]) => setInput(task, field.name, next);
  if (!pictures.length && !busy) return null;
  return (
    <ul className="flex flex-wrap gap-2" aria-label={`${field.title}: chosen`}>
      {pictures.map((picture, index) => (
        <PictureTile
          key={`${index} ${picture.reference}`}
          picture={picture}
          count={countOf(draft, picture)}
          onChange={(reference) =>
            set(pictures.map((each, place) => (place === index ? { ...each, reference } : each)))
          }
          onRemove={() => set(pictures.filter((_, place) => place !== index))}
        />
      ))}
      {Array.from({ length: busy }, (_, index) => (
        <li key={index} role="status" className="shimmer grid size-28 place-items-center rounded-lg bg-raised text-xs">
          Uploading…
        </li>
      ))}
    </ul>
  );
}

/** How many pictures the task makes whose result the picture is, as far as the form tells. */
function countOf(draft: ReturnType<typeof useDraftStore.getState>["draft"], { reference }: PictureInput): number {
  const [, task] = /^@t(\d+)\./.exec(reference) ?? [];
  const count = draft[Number(task) - 1]?.inputs["count"];
  return typeof count === "number" ? count : 1;
}

function Sources({ field, task }: Omit<Props, "error">) {
  const [picking, setPicking] = useState(false);
  const chosen = picturesIn(useDraftStore(({ draft }) => draft[task]?.inputs[field.name]));
  const before = Array.from({ length: task }, (_, index) => index).filter(
    (index) => !chosen.some(({ reference }) => reference.startsWith(`@${taskId(index)}.`)),
  );
  const { addPictures } = useDraftStore.getState();
  const add = (picture: PictureInput) => addPictures(task, field.name, [picture]);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label className="inline-flex min-h-9 cursor-pointer items-center rounded-lg border border-line bg-raised px-3 text-sm hover:border-soft has-focus-visible:outline-2 has-focus-visible:outline-accent">
        Choose a file
        <input
          type="file"
          multiple
          accept={PICTURE_TYPES}
          aria-label={`${field.title}: choose a file`}
          className="sr-only"
          onChange={({ target }) => {
            void takeFiles(task, field.name, [...(target.files ?? [])]);
            target.value = ""; // so that the same file can be chosen again
          }}
        />
      </label>
      <Button aria-label={`${field.title}: from the gallery`} onClick={() => setPicking(true)}>
        From the gallery
      </Button>
      {field.isMask && <PaintMask field={field} task={task} />}
      {before.map((each) => (
        <Button
          key={each}
          aria-label={`${field.title}: result of ${taskId(each)}`}
          onClick={() => add(resultOf(each, 0))}
        >
          Result of {taskId(each)}
        </Button>
      ))}
      <PasteButton onPicture={(arrival) => void takeArrival(task, field.name, arrival)} />
      <span className="text-xs text-soft pointer-coarse:hidden">or drop or paste a picture</span>
      {picking && (
        <PicturePicker
          onClose={() => setPicking(false)}
          onPick={(picture) => {
            add(picture);
            setPicking(false);
          }}
        />
      )}
    </div>
  );
}

function useDrop(field: FormField, task: number) {
  const [over, setOver] = useState(false);
  const take = (arrival: Arrival | null) => arrival && void takeArrival(task, field.name, arrival);
  const onDragOver = (event: DragEvent) => {
    if (!carriesPicture(event.dataTransfer)) return;
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent) => {
    setOver(false);
    const picture = draggedPicture(event.dataTransfer);
    const arrival = picture ? null : arrivalIn(event.dataTransfer);
    if (arrival && hasDocuments(arrival)) return; // a workflow is no picture: the page opens it
    event.preventDefault();
    if (picture) useDraftStore.getState().addPictures(task, field.name, [picture]);
    else take(arrival);
  };
  const onPaste = (event: ClipboardEvent) => {
    const arrival = arrivalIn(event.clipboardData);
    if (!arrival || hasDocuments(arrival)) return;
    event.preventDefault();
    take(arrival);
  };
  return { over, drop: { onDragOver, onDragLeave: () => setOver(false), onDrop, onPaste } };
}
