/** What somebody drops or pastes: on a page's place for pictures, or anywhere else. */
import { useEffect, useState } from "react";
import { toast } from "sonner";

import { arrivalIn, type Arrival } from "@/lib/arriving/arrivals";
import { documentIn, hasDocuments } from "@/lib/arriving/documents";
import { pastesWords } from "@/lib/arriving/files";
import { useArrivingStore, type Taker } from "@/stores/arriving";

/** Marks where pictures may be dropped that are dragged within the page: elsewhere they were only moved by accident. */
export const DROP_PLACE = { "data-drop-place": "" };

/** Marks what is in a dialog over which more can be dropped. */
export const TAKES_MORE = { "data-takes-more": "" };

/** Hands on pictures that are dropped on the page's place, or pasted into it, while no dialog is open; without anybody
 * who takes anything anywhere also those of the whole page. Null: the page has no such place now. Answers whether something is held over it. */
export function useArrivingPictures(take: Taker | null): boolean {
  useEffect(() => {
    useArrivingStore.setState({ place: take });
    return () => useArrivingStore.setState(({ place }) => ({ place: place === take ? null : place }));
  }, [take]);
  return useArrivals(take ? isPlaces : nobodys, take ?? ignore, false) === "free";
}

/** Hands on whatever else is dropped or pasted, with the page's place for pictures if it has one. Answers whether
 * something is held over the page, and whether it could be dropped. */
export function useArrivingAnywhere(take: (arrival: Arrival, place: Taker | null) => void): Held {
  useEffect(() => {
    useArrivingStore.setState({ anywhere: take });
    return () => useArrivingStore.setState({ anywhere: null });
  }, [take]);
  const [taking] = useState(() => (arrival: Arrival) => {
    const { anywhere, place } = useArrivingStore.getState();
    anywhere?.(arrival, place);
  });
  return useArrivals(isElsewhere, taking, true);
}

/** `covered`: by a dialog that takes nothing; null: nothing is held. */
export type Held = "free" | "covered" | null;

type Concerns = (event: Event, arrival: Arrival | null, fromHere: boolean) => boolean;

/** `arrival`: null while it is held over the page, and cannot be read. */
const isPlaces: Concerns = ({ target }, arrival, fromHere) => {
  const onPlace = isOnPlace(target);
  if (fromHere) return onPlace;
  if (!useArrivingStore.getState().anywhere) return true;
  return onPlace && !(arrival && hasDocuments(arrival));
};

const nobodys: Concerns = () => false;
const ignore: Taker = () => undefined;

const isElsewhere: Concerns = (event, arrival, fromHere) => {
  if (fromHere) return false;
  const onPlace = isOnPlace(event.target) && useArrivingStore.getState().place !== null;
  if (arrival) return !onPlace || hasDocuments(arrival);
  return !onPlace || !mayBePicture(event as DragEvent);
};

const isOnPlace = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("[data-drop-place]") !== null;

/** A dialog keeps things away from the page below it, unless it takes them itself. */
export const isCovered = (anything = true): boolean =>
  [...document.querySelectorAll("[role=dialog]")].some((each) => !anything || !each.querySelector("[data-takes-more]"));

const CLOSE_FIRST = "Close what is open over the page first: then it can be dropped or pasted here.";
const WORDS =
  "Those are words: click into a field and paste them there. A picture, a workflow in JSON, or a picture’s settings " +
  "as a text can be dropped and pasted anywhere.";

function useArrivals(concerns: Concerns, take: Taker, anything: boolean): Held {
  const [over, setOver] = useState<Held>(null);
  useEffect(() => {
    let fromHere = false;
    const arrive = (event: DragEvent | ClipboardEvent, data: DataTransfer | null) => {
      if (event.defaultPrevented) return;
      const arrival = arrivalIn(data) ?? (anything ? writtenIn(data) : null);
      const isWords = anything && !arrival && Boolean(data?.getData("text/plain").trim());
      if (!(arrival || isWords) || !concerns(event, arrival, fromHere)) return;
      const covered = isCovered(anything);
      if (!covered || (anything && event.type === "drop")) event.preventDefault(); // the browser would open the file
      if (covered && anything && arrival) toast(CLOSE_FIRST);
      if (covered) return;
      if (arrival) take(arrival);
      else toast(WORDS);
    };
    const paste = (event: ClipboardEvent) => !pastesWords(event) && arrive(event, event.clipboardData);
    const drop = (event: DragEvent) => {
      setOver(null);
      if (mayArrive(event, anything)) arrive(event, event.dataTransfer);
    };
    const drag = (event: DragEvent) => {
      const taken = event.defaultPrevented; // by a field that shows so itself
      const here = !taken && mayArrive(event, anything) && concerns(event, null, fromHere);
      const covered = here && isCovered(anything);
      if (here) event.preventDefault();
      if (covered && anything && event.dataTransfer) event.dataTransfer.dropEffect = "none";
      setOver(!here ? null : covered ? "covered" : "free");
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(null);
    const begin = () => (fromHere = true);
    const end = () => (fromHere = false);
    const heard = {
      ...{ paste, drop, dragover: drag, dragleave: leave, dragstart: begin, dragend: end },
      pointermove: end, // of what was dragged and is gone nobody tells the end
    };
    for (const [name, listener] of Object.entries(heard)) document.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(heard))
        document.removeEventListener(name, listener as EventListener);
    };
  }, [concerns, take, anything]);
  return over;
}

/** A workflow or a picture's settings that were copied, or are dragged, as text. */
export function writtenIn(data: DataTransfer | null): Arrival | null {
  const file = documentIn(data?.getData("text/plain") ?? "");
  return file && { kind: "files", files: [file] };
}

/** What is held cannot be read before it is dropped; what is dropped into words stays words. */
function mayArrive(event: DragEvent, anything: boolean): boolean {
  if (mayBePicture(event)) return true;
  return anything && !isIntoWords(event) && Boolean(event.dataTransfer?.types.includes("text/plain"));
}

function mayBePicture(event: DragEvent): boolean {
  const types = event.dataTransfer?.types ?? [];
  if (types.includes("Files")) return true;
  return !isIntoWords(event) && (types.includes("text/uri-list") || types.includes("text/html"));
}

const isIntoWords = ({ target }: Event): boolean =>
  target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName);
