/** The keys of the Explorer, wherever the focus is; the map has those that move on it. */
import { toast } from "sonner";

import { star } from "@/actions/pictures";
import { pictureNow } from "@/features/explorer/pictures";
import { undo } from "@/features/explorer/useExplorer";
import { useKeys } from "@/lib/useKeys";
import { useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

export function useExplorerKeys(): void {
  const free = useUiStore(({ viewedId, compared, keysShown }) => !viewedId && !compared && !keysShown);
  useKeys(
    {
      undo: () => void (undo() || toast("Nothing to take back")),
      star: () => {
        const picture = pictureNow(useUiStore.getState().focusedId ?? "");
        if (picture?.status === "complete") void star(picture);
      },
      zoom: () => {
        const { focusedId, set } = useUiStore.getState();
        if (focusedId && useGenerationStore.getState().live.generations[focusedId]?.image_url)
          set({ viewedId: focusedId });
      },
      compare: () => {
        const [one, other] = Object.entries(useGenerationStore.getState().marks)
          .filter(([, mark]) => mark === "selected")
          .map(([id]) => id)
          .slice(-2);
        if (one && other) useUiStore.getState().set({ compared: [one, other] });
        else toast("Two picked pictures are needed to compare");
      },
    },
    free,
  );
}
