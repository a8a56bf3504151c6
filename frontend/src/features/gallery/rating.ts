/** One rating for one picture or a whole selection, which one press takes back. */
import { toast } from "sonner";

import { HubProblem } from "@/api/client";
import type { Generation } from "@/api/types";
import { rateAll } from "@/features/gallery/bulk";
import { plural } from "@/lib/format";

const UNDO_SHOWN_MS = 12_000;

type Changed = (generations: readonly Generation[]) => void;

/** `wanted`: 1 to 5; 0, or what all of them have already, takes the rating away. */
export async function rateTogether(
  generations: readonly Generation[],
  wanted: number,
  onChanged: Changed,
): Promise<void> {
  const rating = generations.every((each) => each.rating === wanted) ? null : wanted || null;
  const before = new Map(generations.map((each) => [each.id, each.rating]));
  const after = new Map(generations.map((each) => [each.id, rating]));
  if (!(await carriedOut(after, onChanged))) return;
  toast(rating ? `${plural(generations.length, "picture")} rated ${rating} of 5` : "Not rated any more", {
    id: "rated",
    duration: UNDO_SHOWN_MS,
    action: { label: "Undo", onClick: () => void carriedOut(before, onChanged) },
  });
}

/** False when the hub refused one, which has been shown; those before it are changed. */
async function carriedOut(ratings: ReadonlyMap<string, number | null>, onChanged: Changed): Promise<boolean> {
  try {
    await rateAll(ratings, onChanged);
    return true;
  } catch (error) {
    toast.error(error instanceof HubProblem ? error.message : "That did not work.");
    return false;
  }
}
