/** Dragging a picture out of the studio: its file as it was drawn onto the desktop, its address everywhere else. */
import type { DragEvent } from "react";

import { reached } from "@/api/base";
import { withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { suffixOf } from "@/lib/mediaTypes";

/** The name under which a picture is saved. */
export const fileNameOf = (generation: Generation): string => `vibes-${generation.seed}.${suffixOf(generation)}`;

/** The same of one that tells nothing of how it was made. */
export const bareNameOf = (generation: Generation): string =>
  `vibes-${generation.id.slice(0, 8)}.${suffixOf(generation)}`;

/** A page that is not shown, in which an image loads nothing. */
const NOWHERE = document.implementation.createHTMLDocument();

/** For `onDragStart` of whatever shows a picture, a thumbnail too. Without a picture there is nothing to drag. */
export function dragOut(event: Pick<DragEvent, "dataTransfer" | "preventDefault">, generation: Generation): void {
  if (!generation.image_url) {
    event.preventDefault();
    return;
  }
  const address = new URL(reached(generation.image_url), location.href).href;
  const { dataTransfer } = event;
  dataTransfer.effectAllowed = "copy";
  const type = generation.media_type ?? "image/png";
  // Chromium makes a file of it, and fetches it itself: the only one that may carry what opens the hub, since all others may
  // end in a text that other people read.
  dataTransfer.setData("DownloadURL", `${type}:${fileNameOf(generation)}:${withTicket(address)}`);
  dataTransfer.setData("text/uri-list", address);
  dataTransfer.setData("text/plain", address);
  const image = NOWHERE.createElement("img");
  image.setAttribute("src", address);
  image.setAttribute("alt", generation.prompt.slice(0, 200));
  dataTransfer.setData("text/html", new XMLSerializer().serializeToString(image));
}
