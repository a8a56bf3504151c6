/** What somebody drops or pastes: on a page's place for pictures, or anywhere else. */
import { useEffect, useState } from "react";

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
  return useArrivals(take ? isPlaces : nobodys, take ?? ignore, false);
}

/** Hands on whatever else is dropped or pasted, with the page's place for pictures if it has one. */
export function useArrivingAnywhere(take: (arrival: Arrival, place: Taker | null) => void): boolean {
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

const isElsewhere: Concerns = ({ target }, arrival, fromHere) => {
  if (fromHere) return false;
  const taken = isOnPlace(target) && useArrivingStore.getState().place !== null;
  return !taken || (arrival !== null && hasDocuments(arrival));
};

const isOnPlace = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("[data-drop-place]") !== null;

/** A dialog keeps things away from the page below it, unless it takes them itself. */
const isCovered = (anything: boolean): boolean =>
  [...document.querySelectorAll("[role=dialog]")].some((each) => !anything || !each.querySelector("[data-takes-more]"));

function useArrivals(concerns: Concerns, take: Taker, anything: boolean): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let fromHere = false;
    const arrive = (event: Event, arrival: Arrival | null) => {
      if (event.defaultPrevented || !arrival || !concerns(event, arrival, fromHere)) return;
      const covered = isCovered(anything);
      if (!covered || (anything && event.type === "drop")) event.preventDefault(); // the browser would open the file
      if (!covered) take(arrival);
    };
    const paste = (event: ClipboardEvent) => {
      if (!pastesWords(event)) arrive(event, arrivalIn(event.clipboardData) ?? (anything ? written(event) : null));
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (mayBePicture(event)) arrive(event, arrivalIn(event.dataTransfer));
    };
    const drag = (event: DragEvent) => {
      const here = mayBePicture(event) && concerns(event, null, fromHere);
      if (here) event.preventDefault();
      setOver(here && !isCovered(anything));
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
  }, [concerns, take, anything]);
  return over;
}

/** A workflow or a picture's settings that were copied as text. */
function written({ clipboardData }: ClipboardEvent): Arrival | null {
  const file = documentIn(clipboardData?.getData("text/plain") ?? "");
  return file && { kind: "files", files: [file] };
}

/** What is held cannot be read before it is dropped; an address that is dropped into words stays an address. */
function mayBePicture({ dataTransfer, target }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  if (types.includes("Files")) return true;
  const intoWords = target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName);
  return !intoWords && (types.includes("text/uri-list") || types.includes("text/html"));
}
