/** Actions on many pictures at once, in slices that the hub accepts. */
import { toast } from "sonner";

import { setRating, setStar } from "@/actions/pictures";
import { post, send } from "@/api/client";
import type { Generation } from "@/api/types";
import { plural } from "@/lib/format";
import { saveFile } from "@/lib/saveFile";

export const MOST_AT_ONCE = 1000;
const CHANGES_AT_ONCE = 8;

interface Changed {
  generations: Generation[];
}

/** Yields the result of each slice, so that what is done is known even if a later one fails. */
export async function changeAll(
  action: "discard" | "restore",
  ids: readonly string[],
  done: (generations: Generation[]) => void,
): Promise<void> {
  for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
    const { generations } = await post<Changed>(`/api/generations/${action}`, {
      ids: ids.slice(from, from + MOST_AT_ONCE),
    });
    done(generations);
  }
}

type Done = (generations: Generation[]) => void;

export const starAll = (ids: readonly string[], starred: boolean, done: Done): Promise<void> =>
  each(ids, (id) => setStar(id, starred), done);

/** Gives each the rating that is told for it; null takes it away. */
export const rateAll = (ratings: ReadonlyMap<string, number | null>, done: Done): Promise<void> =>
  each([...ratings.keys()], (id) => setRating(id, ratings.get(id) ?? null), done);

/** A few at once; `done` hears of each few. */
async function each(ids: readonly string[], change: (id: string) => Promise<Generation>, done: Done): Promise<void> {
  for (let from = 0; from < ids.length; from += CHANGES_AT_ONCE)
    done(await Promise.all(ids.slice(from, from + CHANGES_AT_ONCE).map(change)));
}

export function tellMissing(missing: number): void {
  toast.error(`${plural(missing, "picture file is", "picture files are")} not in the zip as it should be`, {
    description: "MISSING.txt in the zip says why: lost or damaged on the hub's disk, or a video with its metadata.",
  });
}

/** The query of an address by which pictures come without what they were made with. */
export const WITHOUT_METADATA = "?metadata=none";

/** Answers how many of them are lost or damaged on the hub's disk, or left out; a note in the zip names them. */
export async function downloadZip(ids: readonly string[], query: "" | typeof WITHOUT_METADATA = ""): Promise<number> {
  const answer = await send("POST", `/api/generations/archive${query}`, { ids });
  saveFile(await answer.blob(), "vibes-pictures.zip");
  return Number(answer.headers.get("X-Missing-Pictures") ?? 0);
}
