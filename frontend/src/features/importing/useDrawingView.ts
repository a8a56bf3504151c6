import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type Dispatch,
  type MouseEvent,
  type PointerEvent,
  type SetStateAction,
} from "react";

import type { Bounds } from "@/features/importing/layout";
import { Fingers } from "@/lib/gesture/fingers";

interface Point {
  x: number;
  y: number;
}

interface View {
  x: number;
  y: number;
  scale: number;
}

const MARGIN = 16;
const LEAST = 0.08;
const MOST = 3;
/** Of a touchpad's pinch, which browsers tell as a wheel with Ctrl held: e times as large after so many pixels. */
const PINCH = 100;
/** Words can be read at this scale. */
const READABLE = 0.9;
/** Below this scale nobody makes out a word. */
const GUESSABLE = 0.6;
/** The scale at which a large drawing is begun. */
const NEAR = 0.75;

/** Around the middle of an input that is to be seen: half of its box, and a margin. */
const SEEN = 130;

/** Where the drawing begins so that what lies so far behind its beginning is in the frame. */
const within = (start: number, place: number, length: number): number =>
  Math.min(Math.max(start, SEEN - place), Math.max(length - SEEN - place, SEEN - place));

/** The whole drawing in the frame, not enlarged. */
export function fitted(bounds: Bounds, width: number, height: number): View {
  const room = Math.min((width - 2 * MARGIN) / bounds.width, (height - 2 * MARGIN) / bounds.height, 1);
  const scale = Math.max(room, LEAST);
  return {
    scale,
    x: (width - bounds.width * scale) / 2 - bounds.x * scale,
    y: (height - bounds.height * scale) / 2 - bounds.y * scale,
  };
}

/** All of it where its words can be guessed then, else its most important place from near. */
export function begun(bounds: Bounds, focus: Point | null, width: number, height: number): View {
  const all = fitted(bounds, width, height);
  if (all.scale >= GUESSABLE || !focus) return all;
  return { scale: NEAR, x: width / 2 - focus.x * NEAR, y: height / 2 - focus.y * NEAR };
}

export function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(Math.max(view.scale * factor, LEAST), MOST);
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

/** A mouse, a pen or one finger moves the drawing, two fingers or Ctrl and the wheel zoom it; what was moved is no click.
 * The wheel alone goes on scrolling the page. */
export function useDrawingView(bounds: Bounds, focus: Point | null) {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const whole = useRef({ bounds, focus });
  useEffect(() => {
    whole.current = { bounds, focus };
  }, [bounds, focus]);
  const fit = useCallback(() => {
    const box = frame.current?.getBoundingClientRect();
    if (box?.width && box.height) setView(fitted(whole.current.bounds, box.width, box.height));
  }, []);
  const begin = useCallback(() => {
    const box = frame.current?.getBoundingClientRect();
    const { bounds: all, focus: first } = whole.current;
    if (box?.width && box.height) setView(begun(all, first, box.width, box.height));
  }, []);
  const zoomAt = useCallback((factor: number, at?: Point) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    const [x, y] = at ? [at.x - box.left, at.y - box.top] : [box.width / 2, box.height / 2];
    setView((now) => zoomed(now, factor, x, y));
  }, []);
  const centreOn = useCallback((x: number, y: number, least = READABLE) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    setView(({ scale: now }) => {
      const scale = Math.max(now, least);
      return { scale, x: box.width / 2 - x * scale, y: box.height / 2 - y * scale };
    });
  }, []);
  const zoomTo = useCallback((least: number) => {
    const box = frame.current?.getBoundingClientRect();
    if (box)
      setView((now) => (now.scale < least ? zoomed(now, least / now.scale, box.width / 2, box.height / 2) : now));
  }, []);
  /** Moves the drawing only as far as it takes. */
  const reveal = useCallback((x: number, y: number) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    setView((now) => ({
      ...now,
      x: within(now.x, x * now.scale, box.width),
      y: within(now.y, y * now.scale, box.height),
    }));
  }, []);
  useFrame(frame, begin, zoomAt);
  const hand = useHand(setView, zoomAt);
  return { frame, view, fit, zoomAt, centreOn, reveal, zoomTo, hand };
}

/** What the frame hears of fingers and mouse. */
function useHand(setView: Dispatch<SetStateAction<View>>, zoomAt: (factor: number, at: Point) => void) {
  const [fingers] = useState(() => new Fingers());
  const release = (event: PointerEvent) => fingers.up(event);
  return {
    onPointerDown: (event: PointerEvent) => event.button <= 1 && fingers.down(event),
    onPointerMove: (event: PointerEvent) => {
      const moved = fingers.move(event);
      if (!moved) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setView((now) => ({ ...now, x: now.x + moved.x, y: now.y + moved.y }));
      if (moved.factor !== 1) zoomAt(moved.factor, moved.at);
    },
    onPointerUp: release,
    onPointerCancel: release,
    onClickCapture: (event: MouseEvent) => {
      if (!fingers.wasMoved || event.detail === 0) return;
      event.stopPropagation();
      event.preventDefault();
    },
  };
}

/** Begins with the drawing at first and whenever the frame's width changes. */
function useFrame(
  frame: { current: HTMLDivElement | null },
  begin: () => void,
  zoomAt: (factor: number, at: Point) => void,
): void {
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    begin();
    let width = element.clientWidth;
    const watch = new ResizeObserver(() => {
      if (element.clientWidth !== width) begin();
      width = element.clientWidth;
    });
    watch.observe(element);
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomAt(Math.exp(-event.deltaY / PINCH), { x: event.clientX, y: event.clientY });
    };
    element.addEventListener("wheel", wheel, { passive: false }); // React's own listener is passive
    return () => {
      watch.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, [frame, begin, zoomAt]);
}
