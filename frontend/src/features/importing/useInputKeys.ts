/** The inputs of the drawing by keyboard while one is being chosen: arrows go through them, Enter takes one. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";

import type { Layout, NodeBox } from "@/features/importing/layout";

interface Drawn {
  layout: Layout;
  frame: { current: HTMLElement | null };
  /** The parameter for which an input is being chosen. */
  choosing: string | null;
  /** The input that takes it now. */
  taken: string | null;
  onChoose: (bind: string) => void;
}

/** `current`: the one that the Tab key leads to; null while none is being chosen. */
export function useInputKeys({ layout, frame, choosing, taken, onChoose }: Drawn) {
  const boxes = useMemo(() => inReadingOrder(layout.boxes), [layout]);
  const [wanted, setWanted] = useState<string | null>(null);
  const first = boxes.flatMap(({ rows }) => rows)[0]?.bind ?? null;
  const isThere = boxes.some(({ rows }) => rows.some(({ bind }) => bind === wanted));
  const current = choosing === null ? null : isThere ? wanted : first;
  const focus = (bind: string) => {
    setWanted(bind);
    elementOf(frame.current, bind)?.focus({ preventScroll: true });
  };
  const begun = useRef(taken);
  useEffect(() => {
    begun.current = taken ?? first;
  });
  useEffect(() => {
    if (choosing === null || begun.current === null) return;
    const [drawing, opener] = [frame.current, document.activeElement];
    setWanted(begun.current);
    elementOf(drawing, begun.current)?.focus({ preventScroll: true });
    drawing?.scrollIntoView({ block: "nearest" });
    return () => {
      const isLeft = document.activeElement === document.body || drawing?.contains(document.activeElement);
      if (isLeft && opener instanceof HTMLElement) opener.focus(); // goes on where it began
    };
  }, [choosing, frame]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (current === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") onChoose(current);
    else {
      const next = nextOf(boxes, current, event.key);
      if (next === null) return;
      focus(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return { current, onKeyDown, onFocus: setWanted };
}

/** From left to right, and down in each column. */
const inReadingOrder = (boxes: readonly NodeBox[]): readonly NodeBox[] =>
  boxes.filter(({ rows }) => rows.length).toSorted((one, other) => one.x - other.x || one.y - other.y);

/** Null: the key means nothing here. */
export function nextOf(boxes: readonly NodeBox[], current: string, key: string): string | null {
  const all = boxes.flatMap(({ rows }) => rows.map(({ bind }) => bind));
  const place = all.indexOf(current);
  const box = boxes.findIndex(({ rows }) => rows.some(({ bind }) => bind === current));
  const firstOf = (index: number) => boxes[Math.min(Math.max(index, 0), boxes.length - 1)]?.rows[0]?.bind ?? null;
  switch (key) {
    case "ArrowDown":
      return all[Math.min(place + 1, all.length - 1)] ?? null;
    case "ArrowUp":
      return all[Math.max(place - 1, 0)] ?? null;
    case "ArrowRight":
      return firstOf(box + 1);
    case "ArrowLeft":
      return firstOf(box - 1);
    case "Home":
      return all[0] ?? null;
    case "End":
      return all.at(-1) ?? null;
    default:
      return null;
  }
}

const elementOf = (frame: HTMLElement | null, bind: string): HTMLElement | SVGElement | undefined =>
  [...(frame?.querySelectorAll<SVGElement>("[data-input]") ?? [])].find((each) => each.dataset["input"] === bind);
