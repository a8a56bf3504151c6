/** From one stage of the funnel to another. */
import { toast } from "sonner";

import { post, request } from "@/api/client";
import type { Session, SessionDetail } from "@/api/types";
import { ofStage, useGenerationStore } from "@/stores/generationStore";

/** Go to a stage that has pictures; the hub restores what leaving it discarded. */
export async function goToStage(stage: number): Promise<void> {
  const { live } = useGenerationStore.getState();
  const reachable = stage === 0 || Object.values(live.generations).some((each) => each.stage === stage);
  if (!live.session || live.session.current_stage === stage || !reachable) return;
  try {
    await request<Session>("PATCH", `/api/sessions/${live.session.id}`, { current_stage: stage });
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}

/** From the stage before it to this one, telling the hub what was picked and what was rejected. */
export async function leaveStage(sessionId: string, stage: number): Promise<void> {
  const { live, marks } = useGenerationStore.getState();
  if (!live.session || live.session.current_stage !== stage - 1) return;
  const here = ofStage(live.generations, stage - 1).flat();
  await post<SessionDetail>(`/api/sessions/${sessionId}/advance`, {
    selected: here.filter((each) => marks[each.id] === "selected").map((each) => each.id),
    rejected: here.filter((each) => marks[each.id] === "rejected").map((each) => each.id),
  });
}
