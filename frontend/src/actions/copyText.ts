/** Putting text on the clipboard, also on a page that came over plain http from another computer of the network. */
import { toast } from "sonner";

/** Says `done`, or `refused` where the browser does not let a page copy. Must be called by a click or a key. */
export async function copyText(text: string, done: string, refused: string): Promise<void> {
  if ((await written(text)) || copied(text)) toast(done);
  else toast.error(refused);
}

/** False also where browsers leave the interface out: on pages that are neither of https nor of this computer. */
async function written(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The older way. Some browsers copy only what is selected, and a range can be selected without taking the focus. */
function copied(text: string): boolean {
  const line = document.createElement("pre");
  line.textContent = text;
  line.className = "sr-only select-text";
  const fill = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };
  document.body.append(line);
  document.addEventListener("copy", fill);
  try {
    getSelection()?.selectAllChildren(line);
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    document.removeEventListener("copy", fill);
    getSelection()?.removeAllRanges();
    line.remove();
  }
}
