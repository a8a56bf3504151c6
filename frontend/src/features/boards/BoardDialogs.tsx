import { EditBoard } from "@/features/boards/EditBoard";
import { PutOnBoard } from "@/features/boards/PutOnBoard";
import { useBoardStore, type BoardDialog } from "@/stores/boardStore";

/** Whichever dialog about boards is asked for. */
export function BoardDialogs({ dialog }: { dialog: BoardDialog }) {
  const { close } = useBoardStore.getState();
  if (dialog.what === "put") return <PutOnBoard ids={dialog.ids} onClose={close} />;
  return <EditBoard board={dialog.board} onClose={close} />;
}
