/** Actions on many pictures at once, in slices that the hub accepts. */
import { post, send } from "@/api/client";
import type { Generation } from "@/api/types";

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
    done(
      await Promise.all(
        some.map((id) => post<Generation>(`/api/generations/${encodeURIComponent(id)}/star`, { starred })),
      ),
    );
  }
}

/** Answers how many of them are lost or damaged on the hub's disk; a note in the zip names them. */
export async function downloadZip(ids: readonly string[]): Promise<number> {
  const answer = await send("POST", "/api/generations/archive", { ids });
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = "vibes-pictures.zip";
  link.click();
  // the browser reads the blob after the click has ended
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return Number(answer.headers.get("X-Missing-Pictures") ?? 0);
}
