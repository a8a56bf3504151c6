/** Sets and takes away the picture that the first stage starts from. */
import { toast } from "sonner";

import { uploadPicture } from "@/actions/uploads";
import type { Generation } from "@/api/types";
import { cut } from "@/lib/text";
import { useSessionStore } from "@/stores/sessionStore";
import { USUAL_STRENGTH, type StartPicture } from "@/stores/startPicture";

const NAME_LENGTH = 80;

/** Uploads the file and starts from it; an earlier strength stays. Throws an Error whose message is a sentence. */
export async function startWithFile(file: File): Promise<void> {
  const open = useSessionStore.getState().sessionId;
  const id = await uploadPicture(file);
  if (useSessionStore.getState().sessionId !== open) return; // another session was opened meanwhile
  startWith(`artifact:${id}`, file.name);
}

export const startWithGeneration = ({ id, prompt }: Generation): void =>
  startWith(`generation:${id}`, cut(prompt, NAME_LENGTH) || "A picture of yours");

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
