import { HistoryDialog } from "@/features/library/HistoryDialog";
import { SaveStyleDialog } from "@/features/library/SaveStyleDialog";
import { StylesDialog } from "@/features/library/StylesDialog";
import { useLibraryStore, type LibraryDialog } from "@/stores/libraryStore";

/** Whichever dialog of the library is asked for. */
export function LibraryDialogs({ dialog }: { dialog: LibraryDialog }) {
  const { close } = useLibraryStore.getState();
  if (dialog.what === "styles") return <StylesDialog onClose={close} />;
  if (dialog.what === "history") return <HistoryDialog onClose={close} />;
  return <SaveStyleDialog {...dialog} onClose={close} />;
}
