import { useState } from "react";
import { toast } from "sonner";

import { StartPictureSlot } from "@/actions/start/StartPictureSlot";
import { bodyFor } from "@/actions/batchRequest";
import { inWords } from "@/actions/batches";
import { postOnce } from "@/api/client";
import type { Batch } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { SharedTextarea } from "@/components/SharedTextarea";
import { useNeighbourStore } from "@/features/explorer/map/neighbours";
import { changeExplorer, explorerState } from "@/features/explorer/useExplorer";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

/** Before there is a picture: words, or a picture of one's own, and the button that draws the first one. */
export function StartScreen() {
  const prompt = useSessionStore(({ config }) => config.prompt);
  const ready = useSessionStore(({ flows }) => flows !== null);
  const [sending, setSending] = useState(false);
  const begin = async () => {
    if (sending || !prompt.trim()) return;
    setSending(true);
    await drawFirst();
    setSending(false);
  };
  return (
    <form
      className="mx-auto grid w-full max-w-2xl content-start gap-3 px-4 py-8"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <p className="text-soft">
        Say what you want to see, or drop a picture. It comes into the middle; what lies beside it is drawn around it,
        and wherever you go from there, it goes on.
      </p>
      <Field label="What do you want to see?">
        {(control) => (
          <SharedTextarea
            {...control}
            className="field min-h-24 resize-y"
            dir="auto"
            value={prompt}
            placeholder="a lighthouse at dusk, oil painting"
            onText={(text) => useSessionStore.getState().change({ prompt: text })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void begin();
            }}
          />
        )}
      </Field>
      <StartPictureSlot />
      <Button look="primary" type="submit" className="min-h-11" disabled={!ready || sending || !prompt.trim()}>
        {sending ? "Sending…" : "Draw the first picture"}
      </Button>
    </form>
  );
}

/** Puts one picture of the prompt into the middle; its neighbours follow by themselves. */
async function drawFirst(): Promise<void> {
  const body = bodyFor(0, []);
  if (!body) return;
  try {
    const batch = await postOnce<Batch>("/api/generate/batch", { ...body, count: 1, priority: "interactive" });
    useGenerationStore.getState().addBatch(batch);
    const [first] = batch.generations;
    if (!first) return;
    useNeighbourStore.setState({ wanted: first.id });
    const direction = explorerState().trail.length ? explorerState().direction : "wording";
    changeExplorer({ trail: [first.id], direction, view: "map" });
  } catch (error) {
    toast.error(error instanceof Error ? inWords(error) : String(error));
  }
}
