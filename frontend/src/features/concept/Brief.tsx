import { useState } from "react";

import { inWords } from "@/actions/batches";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { SharedTextarea } from "@/components/SharedTextarea";
import { PasteButton } from "@/components/PasteButton";
import { DROP_PLACE, useArrivingPictures } from "@/components/useArrivingPictures";
import { build } from "@/features/concept/building";
import { changeConcept, useConcept } from "@/features/concept/useConcept";
import type { Arrival } from "@/lib/arriving/arrivals";
import { PICTURE_TYPES } from "@/lib/arriving/files";
import { useSessionStore } from "@/stores/sessionStore";

/** A sentence or a picture, which becomes cards. */
export function Brief() {
  const prompt = useSessionStore(({ config }) => config.prompt);
  const change = useSessionStore((store) => store.change);
  const { busy, problem, begin } = useBuilding();
  const hasCards = Object.values(useConcept().cards).some((card) => card.text);
  const over = useArrivingPictures(begin);
  return (
    <form
      {...DROP_PLACE}
      className={`grid w-full max-w-3xl gap-3 justify-self-center rounded-xl border p-3 ${over ? "border-accent bg-raised" : "border-transparent"}`}
      onSubmit={(event) => {
        event.preventDefault();
        begin(null);
      }}
    >
      <Field
        label="What do you want to see?"
        hint="A sentence, tags, or nothing yet: it becomes eight cards, and no word is lost."
        error={problem || undefined}
      >
        {(control) => (
          <SharedTextarea
            {...control}
            className="field min-h-28 resize-y text-lg"
            dir="auto"
            value={prompt}
            placeholder="a lighthouse on a cliff in the fog at dusk, oil painting, no people"
            onText={(text) => change({ prompt: text })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) begin(null);
            }}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" type="submit" className="min-h-11 px-4" disabled={busy}>
          {busy ? "Taking it apart…" : prompt.trim() ? "Take it apart" : "Start with empty cards"}
        </Button>
        <PictureChooser busy={busy} onFile={begin} />
        <span className="text-xs text-soft pointer-coarse:hidden">or drop or paste one</span>
        <PasteButton onPicture={begin} />
        {hasCards && (
          <Button look="quiet" onClick={() => changeConcept({ built: true })}>
            Back to the cards
          </Button>
        )}
      </div>
    </form>
  );
}

function PictureChooser({ busy, onFile }: { busy: boolean; onFile: (arrival: Arrival) => void }) {
  return (
    <label className="inline-flex min-h-11 cursor-pointer items-center rounded-lg px-3 text-sm text-soft hover:bg-raised hover:text-text has-focus-visible:outline-2">
      Describe a picture
      <input
        type="file"
        accept={PICTURE_TYPES}
        className="sr-only"
        disabled={busy}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onFile({ kind: "files", files: [file] });
          target.value = ""; // so that the same file can be chosen again
        }}
      />
    </label>
  );
}

function useBuilding() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const begin = (picture: Arrival | null) => {
    if (busy) return;
    setBusy(true);
    setProblem("");
    build(picture)
      .catch((error: Error) => setProblem(inWords(error)))
      .finally(() => setBusy(false));
  };
  return { busy, problem, begin };
}
