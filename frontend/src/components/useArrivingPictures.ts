/** Pictures that somebody drops or pastes anywhere on a page. */
import { useEffect, useState } from "react";

import { arrivalIn, type Arrival } from "@/lib/arriving/arrivals";
import { pastesWords } from "@/lib/arriving/files";

/** Marks where pictures may be dropped that are dragged within the page: elsewhere they were only moved by accident. */
export const DROP_PLACE = { "data-drop-place": "" };

/** Hands on what is dropped or pasted while no dialog is open; answers whether something is held over the page. */
export function useArrivingPictures(take: (arrival: Arrival) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let fromHere = false;
    const isElsewhere = ({ target }: Event) =>
      fromHere && !(target instanceof Element && target.closest("[data-drop-place]"));
    const arrive = (event: Event, arrival: Arrival | null) => {
      if (event.defaultPrevented || !arrival || document.querySelector("[role=dialog]")) return;
      event.preventDefault(); // otherwise the browser would open the file
      take(arrival);
    };
    const paste = (event: ClipboardEvent) => !pastesWords(event) && arrive(event, arrivalIn(event.clipboardData));
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!isElsewhere(event) && mayBePicture(event)) arrive(event, arrivalIn(event.dataTransfer));
    };
    const drag = (event: DragEvent) => {
      const here = mayBePicture(event) && !isElsewhere(event);
      if (here) event.preventDefault();
      setOver(here);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const begin = () => (fromHere = true);
    const end = () => (fromHere = false);
    const heard = { paste, drop, dragover: drag, dragleave: leave, dragstart: begin, dragend: end };
    for (const [name, listener] of Object.entries(heard)) document.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(heard))
        document.removeEventListener(name, listener as EventListener);
    };
  }, [take]);
  return over;
}

/** What is held cannot be read before it is dropped; an address that is dropped into words stays an address. */
function mayBePicture({ dataTransfer, target }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  if (types.includes("Files")) return true;
  const intoWords = target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName);
  return !intoWords && (types.includes("text/uri-list") || types.includes("text/html"));
}
