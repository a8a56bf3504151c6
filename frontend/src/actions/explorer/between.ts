/** Opens the way between two pictures, in the open session of the Explorer or in a new one. */
import { toast } from "sonner";

import { inWords } from "@/actions/batches";
import { changed } from "@/actions/explorer/steps";
import { goToStage } from "@/actions/stages";
import { post } from "@/api/client";
import type { Generation, Session } from "@/api/types";
import { go } from "@/lib/route";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

/** Nothing is drawn by it; a refusal is shown. */
export async function exploreBetween(one: Generation, other: Generation): Promise<void> {
  const ends = { view: "between", from: one.id, to: other.id };
  const { session } = useGenerationStore.getState().live;
  if (session?.flow_type === "explorer" && session.id === one.session_id) {
    const { config, change } = useSessionStore.getState();
    change({ explorer: changed(config.explorer, { ...ends, strip: null }) });
    return goToStage(0);
  }
  const { prompt, negative_prompt } = one;
  const config = { prompt, negative_prompt, stages: {}, marks: {}, explorer: { start: one.id, ...ends } };
  try {
    const { id } = await post<Session>("/api/sessions", { flow_type: "explorer", config });
    go({ page: "studio", sessionId: id });
  } catch (error) {
    toast.error(error instanceof Error ? inWords(error) : String(error));
  }
}
