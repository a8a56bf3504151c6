/** Sets and takes away the picture that the first stage starts from. */
import { toast } from "sonner";

import { nameOf, pictureOf } from "@/actions/arriving/picturesOf";
import type { Generation } from "@/api/types";
import type { Arrival } from "@/lib/arriving/arrivals";
import { useSessionStore } from "@/stores/sessionStore";
import { USUAL_STRENGTH, type StartPicture } from "@/stores/startPicture";

/** Starts from what has arrived; an earlier strength stays. Throws an Error whose message is a sentence. */
export async function startWithArrival(arrival: Arrival): Promise<void> {
  const open = useSessionStore.getState().sessionId;
  const { reference, name } = await pictureOf(arrival);
  if (useSessionStore.getState().sessionId !== open) return; // another session was opened meanwhile
  startWith(reference, name);
}

export const startWithFile = (file: File): Promise<void> => startWithArrival({ kind: "files", files: [file] });

export const startWithGeneration = (generation: Generation): void =>
  startWith(`generation:${generation.id}`, nameOf(generation));

export const setStrength = (start: StartPicture, strength: number): void =>
  useSessionStore.getState().change({ start: { ...start, strength } });

/** Away with it; the notice brings it back. */
export function removeStart(start: StartPicture): void {
  const { sessionId, change } = useSessionStore.getState();
  change({ start: undefined });
  toast("Starts from words alone again", {
    action: {
      label: "Undo",
      onClick: () => {
        if (useSessionStore.getState().sessionId === sessionId) change({ start });
      },
    },
  });
}

function startWith(picture: string, name: string): void {
  const { config, change } = useSessionStore.getState();
  change({ start: { picture, name, strength: config.start?.strength ?? USUAL_STRENGTH } });
}
