/** Keeps the stores equal to the hub while a session is open. */
import { useEffect } from "react";

import { toast } from "sonner";

import { get } from "@/api/client";
import type { LiveMessage } from "@/api/events";
import { TERMINAL, type SessionDetail } from "@/api/types";
import { connect } from "@/actions/live/connection";
import { useGenerationStore } from "@/stores/generationStore";
import { useGpuStore } from "@/stores/gpuStore";
import { previews } from "@/stores/previews";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

export function useLiveSession(sessionId: string | null, gone: () => void): void {
  useEffect(() => {
    if (!sessionId) return;
    const generations = useGenerationStore.getState();
    if (generations.live.session?.id !== sessionId) generations.reset();
    const end = connect(sessionId, {
      message: receive,
      preview: ({ generationId, image }) => {
        const status = useGenerationStore.getState().live.generations[generationId]?.status;
        if (status && !TERMINAL.has(status)) previews.put(generationId, image);
      },
      connection: (connection) => useUiStore.getState().set({ connection }),
      seq: () => useGenerationStore.getState().live.seq,
      gone,
    });
    return () => {
      end();
      previews.clear();
      useUiStore.getState().set({ connection: "idle" });
    };
  }, [sessionId, gone]);
}

let lookSoon: ReturnType<typeof setTimeout> | undefined;

function receive(message: LiveMessage): void {
  const store = useGenerationStore.getState();
  store.receive(message);
  switch (message.type) {
    case "snapshot":
      useGpuStore.getState().replace(message.gpus);
      useSessionStore.getState().take(message.session.id, message.session);
      break;
    case "session":
      useSessionStore.getState().heard(message.version);
      break;
    case "node":
      useGpuStore.getState().nodeChanged(message.node_id, message);
      clearTimeout(lookSoon); // asks the hub what the node draws, once for a burst of changes
      lookSoon = setTimeout(() => void useGpuStore.getState().refresh(), 500);
      break;
    case "queued":
      if (message.reason && message.cause !== "retry")
        toast(`Back in the queue: ${message.reason}`, { id: message.batch_id });
      break;
    case "complete":
    case "failed":
    case "cancelled":
      previews.drop(message.generation_id);
      break;
    case "batch":
      void refresh();
      break;
    default:
  }
}

/** Events lack sizes, times and reasons for waiting: ask the hub for them. */
async function refresh(): Promise<void> {
  const { sessionId } = useSessionStore.getState();
  if (!sessionId) return;
  const detail = await get<SessionDetail>(`/api/sessions/${sessionId}`).catch(() => null);
  if (detail) useGenerationStore.getState().replace(detail.generations);
}
