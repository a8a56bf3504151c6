/** Pictures that somebody drops or pastes anywhere on a page. */
import { useEffect, useState } from "react";

import { filesIn, pastedFiles } from "@/lib/pictureFiles";

/** Hands on what is dropped or pasted while no dialog is open; answers whether something is held over the page. */
export function useArrivingPictures(take: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const arrive = (event: Event, files: readonly File[]) => {
      if (event.defaultPrevented || !files.length || document.querySelector("[role=dialog]")) return;
      event.preventDefault(); // otherwise the browser would open the file
      take(files);
    };
    const paste = (event: ClipboardEvent) => arrive(event, pastedFiles(event));
    const drop = (event: DragEvent) => {
      setOver(false);
      arrive(event, filesIn(event.dataTransfer));
    };
    const drag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    document.addEventListener("paste", paste);
    document.addEventListener("drop", drop);
    document.addEventListener("dragover", drag);
    document.addEventListener("dragleave", leave);
    return () => {
      document.removeEventListener("paste", paste);
      document.removeEventListener("drop", drop);
      document.removeEventListener("dragover", drag);
      document.removeEventListener("dragleave", leave);
    };
  }, [take]);
  return over;
}
