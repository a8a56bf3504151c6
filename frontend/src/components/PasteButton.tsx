import { toast } from "sonner";

import { Button } from "@/components/Button";
import { writtenIn } from "@/components/useArrivingPictures";
import { arrivalIn, type Arrival } from "@/lib/arriving/arrivals";

interface Props {
  onPicture: (arrival: Arrival) => void;
  /** True: also a workflow or a picture's settings that were copied as text. */
  anything?: boolean;
}

/** Takes the picture in the clipboard where there are no keys to paste by. Browsers allow it on https and on the hub's
 * own computer alone. */
export function PasteButton({ onPicture, anything = false }: Props) {
  const clipboard: Partial<Clipboard> | undefined = navigator.clipboard; // none on plain http, and older ones read no pictures
  if (!clipboard?.read) return null;
  const paste = async () => {
    const arrival = await inClipboard(anything);
    if (typeof arrival === "string") toast.error(arrival);
    else onPicture(arrival);
  };
  return (
    <Button look="quiet" className="min-h-9 pointer-fine:hidden" onClick={() => void paste()}>
      {anything ? "Paste" : "Paste a picture"}
    </Button>
  );
}

/** A text says why there is none. */
async function inClipboard(anything: boolean): Promise<Arrival | string> {
  let items: ClipboardItems;
  try {
    items = await navigator.clipboard.read();
  } catch {
    return "The browser does not let this page look into the clipboard: choose the file instead.";
  }
  const data = new DataTransfer();
  for (const item of items)
    for (const type of item.types) {
      const blob = await item.getType(type);
      if (type.startsWith("image/")) data.items.add(new File([blob], "pasted", { type }));
      else if (type.startsWith("text/")) data.setData(type, await blob.text());
    }
  const found = (anything ? writtenIn(data) : null) ?? arrivalIn(data);
  return found ?? `There is no picture${anything ? " and no workflow" : ""} in the clipboard: copy one first.`;
}
