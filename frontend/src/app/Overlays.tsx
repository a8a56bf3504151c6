import { Suspense, useMemo } from "react";

import type { Generation } from "@/api/types";
import { KeysDialog } from "@/app/KeysDialog";
import { CompareView } from "@/features/viewer/CompareView";
import { Viewer } from "@/features/viewer/Viewer";
import { lazily } from "@/components/lazily";
import { useBoardStore } from "@/stores/boardStore";
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { useLibraryStore } from "@/stores/libraryStore";
import { usePaintingStore } from "@/stores/paintingStore";
import { useUiStore } from "@/stores/uiStore";

const MaskPainter = lazily(() => import("@/features/mask/MaskPainter").then((module) => module.MaskPainter));

const BoardDialogs = lazily(() => import("@/features/boards/BoardDialogs").then((module) => module.BoardDialogs));

const PhoneDialog = lazily(() => import("@/features/phone/PhoneDialog").then((module) => module.PhoneDialog));

const LibraryDialogs = lazily(() =>
  import("@/features/library/LibraryDialogs").then((module) => module.LibraryDialogs),
);

/** Dialogs and the viewer over the page of the open session. */
export function Overlays() {
  const { viewedId, compared, keysShown, phoneShown, set } = useUiStore();
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
  const painting = usePaintingStore((store) => store.painting);
  const dialog = useLibraryStore((store) => store.dialog);
  const board = useBoardStore((store) => store.dialog);
  const redrawn = () => set({ viewedId: null });
  return (
    <>
      {viewed && (
        <Viewer key={viewed.id} generation={viewed} all={all} culling onClose={() => set({ viewedId: null })} />
      )}
      {one && other && <CompareView one={one} other={other} onClose={() => set({ compared: null })} />}
      {painting && (
        <Suspense fallback={null}>
          <MaskPainter painting={painting} onRedrawn={redrawn} />
        </Suspense>
      )}
      {dialog && (
        <Suspense fallback={null}>
          <LibraryDialogs dialog={dialog} />
        </Suspense>
      )}
      {board && (
        <Suspense fallback={null}>
          <BoardDialogs dialog={board} />
        </Suspense>
      )}
      {phoneShown && (
        <Suspense fallback={null}>
          <PhoneDialog fragment={location.hash} onClose={() => set({ phoneShown: false })} />
        </Suspense>
      )}
      {keysShown && <KeysDialog onClose={() => set({ keysShown: false })} />}
    </>
  );
}
