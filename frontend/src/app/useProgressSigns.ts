/** Progress for a person who looks elsewhere: the tab's title and icon, and a notification at the end. */
import { useEffect, useRef } from "react";

import { plural } from "@/lib/format";
import { useGenerationStore } from "@/stores/generationStore";

const TITLE = "Vibes ImGen";

export function useProgressSigns(): void {
  const generations = useGenerationStore(({ live }) => live.generations);
  const all = Object.values(generations);
  const open = all.filter((each) => each.status === "queued" || each.status === "generating");
  const batches = new Set(open.map((each) => each.batch_id));
  const members = all.filter((each) => batches.has(each.batch_id));
  const part = members.length ? 1 - open.length / members.length : null;
  const drawn = all.filter((each) => each.status === "complete").length;
  const wasOpen = useRef(0);
  useEffect(() => {
    document.title = part === null ? TITLE : `${members.length - open.length}/${members.length} · ${TITLE}`;
    setIcon(part);
    if (wasOpen.current && !open.length && document.hidden) notify(`${plural(drawn, "picture")} ready`);
    wasOpen.current = open.length;
  }, [part, open.length, members.length, drawn]);
}

function notify(text: string): void {
  if ("Notification" in window && Notification.permission === "granted")
    new Notification(TITLE, { body: text, icon: "favicon.svg" });
}

let shown = "";

function setIcon(part: number | null): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const name = part === null ? "favicon.svg" : String(Math.round(part * 20));
  if (!link || name === shown) return;
  shown = name;
  link.href = part === null ? name : pie(part);
}

/** A separate image, since the page's policy forbids inline scripts and an icon can have no style. */
function pie(part: number): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const context = canvas.getContext("2d");
  if (!context) return "favicon.svg";
  context.lineWidth = 6;
  context.strokeStyle = "#5a6072";
  context.beginPath();
  context.arc(16, 16, 12, 0, 2 * Math.PI);
  context.stroke();
  context.strokeStyle = "#97a6ff";
  context.beginPath();
  context.arc(16, 16, 12, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.max(part, 0.03));
  context.stroke();
  return canvas.toDataURL("image/png");
}
