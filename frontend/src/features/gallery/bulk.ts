/** Actions on many pictures at once, in slices that the hub accepts. */
import { setStar } from "@/actions/pictures";
import { post, send } from "@/api/client";
import type { Generation } from "@/api/types";
import { saveFile } from "@/lib/saveFile";

export const MOST_AT_ONCE = 1000;
const STARS_AT_ONCE = 8;

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

export async function starAll(
  ids: readonly string[],
  starred: boolean,
  done: (generations: Generation[]) => void,
): Promise<void> {
  for (let from = 0; from < ids.length; from += STARS_AT_ONCE) {
    const some = ids.slice(from, from + STARS_AT_ONCE);
    done(await Promise.all(some.map((id) => setStar(id, starred))));
  }
}

/** Answers how many of them are lost or damaged on the hub's disk; a note in the zip names them. */
export async function downloadZip(ids: readonly string[]): Promise<number> {
  const answer = await send("POST", "/api/generations/archive", { ids });
  saveFile(await answer.blob(), "vibes-pictures.zip");
  return Number(answer.headers.get("X-Missing-Pictures") ?? 0);
}
