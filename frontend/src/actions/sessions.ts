/** What is done with a session, wherever it is listed. */
import { toast } from "sonner";

import { post } from "@/api/client";

/** Brings a deleted one back; a refusal is shown. */
export async function restoreSession(sessionId: string, done: () => void): Promise<void> {
  try {
    await post(`/api/sessions/${encodeURIComponent(sessionId)}/restore`);
    done();
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}
