/** Files that are being added to a picture field, by drop, paste or choice. */
import { create } from "zustand";

import type { TaskType } from "@/api/types";
import { picturesIn, type Draft, type PictureInput } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { pictureFields } from "@/features/workbench/draft/taskTypes";
import { arrivedInput } from "@/features/workbench/draft/uploads";
import type { Arrival } from "@/lib/arriving/arrivals";

interface Intake {
  /** By field: number of files in progress. */
  busy: Readonly<Record<string, number>>;
  /** By field: errors as sentences. */
  problems: Readonly<Record<string, readonly string[]>>;
}

export const useIntake = create<Intake>()(() => ({ busy: {}, problems: {} }));

export const placeOf = (task: number, field: string): string => `${task} ${field}`;

export const takeFiles = (task: number, field: string, files: readonly File[]): Promise<void> =>
  takeArrival(task, field, { kind: "files", files });

export async function takeArrival(task: number, field: string, arrival: Arrival): Promise<void> {
  const each =
    arrival.kind === "files" ? arrival.files.map((file) => ({ kind: "files", files: [file] }) as const) : [arrival];
  const place = placeOf(task, field);
  const count = (by: number) =>
    useIntake.setState(({ busy }) => ({ busy: { ...busy, [place]: (busy[place] ?? 0) + by } }));
  useIntake.setState(({ problems }) => ({ problems: { ...problems, [place]: [] } }));
  count(each.length);
  await Promise.all(
    each.map(async (one) => {
      try {
        useDraftStore.getState().addPictures(task, field, [await arrivedInput(one)]);
      } catch (error) {
        const sentence = error instanceof Error ? error.message : String(error);
        useIntake.setState(({ problems }) => ({
          problems: { ...problems, [place]: [...(problems[place] ?? []), sentence] },
        }));
      } finally {
        count(-1);
      }
    }),
  );
}

/** The field for a picture dropped or pasted outside the fields: the first empty one, else the first. */
export function fieldForMore(draft: Draft, task: number, type: TaskType | undefined): string | null {
  const fields = type ? pictureFields(type) : [];
  const empty = fields.find(({ name }) => !picturesIn(draft[task]?.inputs[name]).length);
  return (empty ?? fields[0])?.name ?? null;
}

const DRAGGED = "application/x-vibes-picture";

/** A result is dragged as a reference to the hub's picture, not as a file. */
export function drag(data: DataTransfer, picture: PictureInput): void {
  data.setData(DRAGGED, JSON.stringify(picture));
  data.effectAllowed = "copy";
}

export function draggedPicture(data: DataTransfer): PictureInput | null {
  try {
    const picture = JSON.parse(data.getData(DRAGGED)) as Partial<PictureInput> | null;
    if (typeof picture?.reference !== "string") return null;
    return { reference: picture.reference, thumbnail: picture.thumbnail ?? null, label: picture.label ?? "Picture" };
  } catch {
    return null;
  }
}

/** What is held cannot be read before it is dropped. */
export const carriesPicture = ({ types }: DataTransfer): boolean =>
  ["Files", DRAGGED, "text/uri-list", "text/html"].some((each) => types.includes(each));
