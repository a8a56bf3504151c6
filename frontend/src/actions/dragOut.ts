/** Dragging a picture out of the studio, onto the desktop or into another program: its file as it was drawn, with all that is written in it. */
import type { DragEvent } from "react";

import { withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { suffixOf } from "@/lib/mediaTypes";

/** The name under which a picture is saved. */
export const fileNameOf = (generation: Generation): string => `vibes-${generation.seed}.${suffixOf(generation)}`;

/** For `onDragStart` of whatever shows a picture, a thumbnail too. Without a picture there is nothing to drag. */
export function dragOut(event: Pick<DragEvent, "dataTransfer" | "preventDefault">, generation: Generation): void {
  if (!generation.image_url) {
    event.preventDefault();
    return;
  }
  const address = new URL(generation.image_url, location.href).href;
  const url = withTicket(address);
  const { dataTransfer } = event;
  dataTransfer.effectAllowed = "copy";
  dataTransfer.setData("DownloadURL", `${generation.media_type ?? "image/png"}:${fileNameOf(generation)}:${url}`); // Chromium: a file
  dataTransfer.setData("text/uri-list", url);
  dataTransfer.setData("text/plain", address); // dropped into a text that others read: without what opens the hub
  const image = document.createElement("img");
  image.src = url;
  image.alt = generation.prompt.slice(0, 200);
  dataTransfer.setData("text/html", new XMLSerializer().serializeToString(image));
}
