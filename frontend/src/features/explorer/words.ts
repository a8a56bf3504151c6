/** The session's words beside those of the picture in the middle: they follow it until somebody writes others. */
import { toast } from "sonner";

import { allowed } from "@/actions/batchRequest";
import { laidOverPrompt } from "@/actions/wording/laidOver";
import type { Generation } from "@/api/types";
import { VARIATIONS } from "@/features/explorer/axes/gridRequest";
import { findNeighbours, useNeighbourStore } from "@/features/explorer/map/neighbours";
import { pictureNow } from "@/features/explorer/pictures";
import { movedTo } from "@/features/explorer/state";
import { submitPictures } from "@/features/explorer/submit";
import { changeExplorer, explorerState } from "@/features/explorer/useExplorer";
import { useSessionStore } from "@/stores/sessionStore";

type Words = Pick<Generation, "prompt" | "negative_prompt">;

/** Whether these are not the picture's, neither as they were written nor as it was drawn from them. */
export function areOthers({ prompt, negative_prompt: negative }: Words, picture: Generation): boolean {
  const { written } = picture;
  const said = [picture, ...(written ? [{ prompt: written.prompt, negative_prompt: written.negative_prompt }] : [])];
  return !said.some((each) => each.prompt.trim() === prompt.trim() && each.negative_prompt.trim() === negative.trim());
}

/** The new centre's words, where the session's were the former one's. */
export function followWords(from: string | null, to: string | null): void {
  const { config, change } = useSessionStore.getState();
  const [before, now] = [from && pictureNow(from), to && pictureNow(to)];
  // with a style chosen it could come over the words a second time
  if (!before || !now || now.written || config.styles?.length || areOthers(config, before)) return;
  if (areOthers(config, now)) change({ prompt: now.prompt, negative_prompt: now.negative_prompt });
}

/** Draws the picture in the middle with the session's words, as its neighbour, and puts that into the middle. */
export async function drawWithWords(centre: string): Promise<void> {
  const { neighbours, problem } = await findNeighbours(centre, "seed");
  const picture = pictureNow(centre);
  if (!neighbours?.request || !picture) {
    toast.error(problem ?? neighbours?.none_because ?? "The picture in the middle is not there yet.");
    return;
  }
  const { variations: _, max_cost_usd: __, ...base } = neighbours.request;
  const { sessionId, config } = useSessionStore.getState();
  const { prompt, negative_prompt: negative } = config;
  const batch = await submitPictures(VARIATIONS, {
    ...base,
    ...{ session_id: sessionId, stage: 0, priority: "interactive" },
    ...allowed(),
    ...laidOverPrompt(),
    variations: [{ prompt, ...(negative !== picture.negative_prompt && { negative_prompt: negative }) }],
  });
  const [drawn] = batch?.generations ?? [];
  if (!drawn) return;
  useNeighbourStore.setState({ wanted: drawn.id });
  changeExplorer({ view: "map", trail: movedTo(explorerState(), drawn.id).trail });
}
