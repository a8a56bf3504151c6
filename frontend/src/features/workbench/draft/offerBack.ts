/** What stood in the form before another took its place, offered by one notice at a time: that of the last change. */
import { toast } from "sonner";

const UNDO_SHOWN_MS = 12_000;
let offered: string | number | undefined;

export function offerBack(notice: string, onBack: () => void, description?: string): void {
  if (offered !== undefined) toast.dismiss(offered);
  offered = toast(notice, { description, duration: UNDO_SHOWN_MS, action: { label: "Undo", onClick: onBack } });
}
