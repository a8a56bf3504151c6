import { useMemo } from "react";

import type { Generation } from "@/api/types";
import { KeysDialog } from "@/app/KeysDialog";
import { CompareView } from "@/features/viewer/CompareView";
import { Viewer } from "@/features/viewer/Viewer";
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

/** Dialogs and the viewer over the page of the open session. */
export function Overlays() {
  const { viewedId, compared, keysShown, set } = useUiStore();
  const generations = useGenerationStore(({ live }) => live.generations);
  const viewed = viewedId ? generations[viewedId] : undefined;
  const all = useMemo(
    () =>
      viewed
        ? ofStage(generations, viewed.stage)
            .flat()
            .filter((each: Generation) => each.image_url)
        : [],
    [generations, viewed],
  );
  const [one, other] = compared ? [generations[compared[0]], generations[compared[1]]] : [];
  return (
    <>
      {viewed && (
        <Viewer key={viewed.id} generation={viewed} all={all} culling onClose={() => set({ viewedId: null })} />
      )}
      {one && other && <CompareView one={one} other={other} onClose={() => set({ compared: null })} />}
      {keysShown && <KeysDialog onClose={() => set({ keysShown: false })} />}
    </>
  );
}
