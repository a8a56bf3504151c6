/** What is done with a session, wherever it is listed. */
import { toast } from "sonner";

import { post } from "@/api/client";
import type { FlowType } from "@/api/types";
import { go } from "@/lib/route";
import { useSessionStore } from "@/stores/sessionStore";

/** Brings a deleted one back; a refusal is shown. */
export async function restoreSession(sessionId: string, done: () => void): Promise<void> {
  try {
    await post(`/api/sessions/${encodeURIComponent(sessionId)}/restore`);
    done();
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}

/** Opens a session of this flow, made out of what is on the screen; a refusal is shown. */
export async function beginFlow(flow: FlowType): Promise<void> {
  try {
    go({ page: "studio", sessionId: await useSessionStore.getState().create(flow) });
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}
