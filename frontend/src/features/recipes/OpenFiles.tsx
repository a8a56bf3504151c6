import { useEffect, useState } from "react";
import { toast } from "sonner";

import { bring } from "@/actions/arriving/bringing";
import { keptWorkflows } from "@/actions/arriving/keptWorkflows";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";
import { PasteButton } from "@/components/PasteButton";
import { TAKES_MORE } from "@/components/useArrivingPictures";
import { PICTURE_TYPES } from "@/lib/arriving/files";
import { plural } from "@/lib/format";
import { go } from "@/lib/route";
import { useBroughtStore } from "@/stores/brought";

const TYPES = `${PICTURE_TYPES},application/json,.json,text/plain,.txt`;

/** Chooses what could also be dropped or pasted, for phones and for the keyboard. */
export function OpenFiles() {
  const close = () => useBroughtStore.getState().choose(false);
  const open = (files: readonly File[]) => {
    if (!files.length) return;
    close();
    void bring({ kind: "files", files }, null);
  };
  return (
    <Modal
      title="Open a picture or a workflow"
      description="Dropped or pasted anywhere it does the same."
      onClose={close}
    >
      <div {...TAKES_MORE} className="grid gap-4">
        <div className="flex flex-wrap items-center gap-2">
          <label className="inline-flex min-h-11 cursor-pointer items-center rounded-lg bg-accent px-4 text-sm font-semibold text-on-accent hover:brightness-110 has-focus-visible:outline-2 has-focus-visible:outline-offset-2">
            Choose files
            <input
              type="file"
              multiple
              accept={TYPES}
              className="sr-only"
              onChange={({ target }) => {
                open([...(target.files ?? [])]);
                target.value = ""; // so that the same file can be chosen again
              }}
            />
          </label>
          <PasteButton
            anything
            onPicture={(arrival) => {
              if (arrival.kind === "files") open(arrival.files);
              else toast.error("There is an address in the clipboard, not a picture: copy the picture itself.");
            }}
          />
        </div>
        <Unsaved onGo={close} />
        <ul className="grid list-disc gap-1 pl-4 text-sm text-soft">
          <li>
            A picture of ComfyUI, Automatic1111, Forge, Civitai, Fooocus, InvokeAI, NovelAI, SwarmUI, Draw Things or
            this studio shows what it was made with.
          </li>
          <li>A ComfyUI workflow, as saved or exported for the API, becomes a workflow of this studio.</li>
        </ul>
      </div>
    </Modal>
  );
}

/** Leads back to workflows that were opened before and are not saved yet. */
function Unsaved({ onGo }: { onGo: () => void }) {
  const [count, setCount] = useState(0);
  useEffect(() => void keptWorkflows().then(({ length }) => setCount(length)), []);
  if (!count) return null;
  const goOn = () => {
    onGo();
    go({ page: "import" });
  };
  return (
    <Button className="min-h-11 justify-self-start" onClick={goOn}>
      Go on with {plural(count, "workflow")} that {count > 1 ? "are" : "is"} not saved yet
    </Button>
  );
}
