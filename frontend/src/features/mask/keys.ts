/** The keys of the mask painter in one table, for their handler and for the list that people see. */
import type { Painter } from "@/features/mask/easel";
import type { Point } from "@/features/mask/drawing/mask";
import type { Viewport } from "@/features/mask/viewport";

/** What keys do besides painting. */
export interface Screen {
  viewport: Viewport;
  showKeys: () => void;
}

interface MaskKey {
  /** As `KeyboardEvent.key` says, small letters. */
  keys: readonly string[];
  /** With Ctrl or Command. */
  control?: boolean;
  /** Only with or only without Shift; left out: either. */
  shift?: boolean;
  shown: string;
  does: string;
  run: (painter: Painter, screen: Screen, key: string) => void;
}

const ZOOM = 1.4;
/** How far an arrow key goes, in pixels of the screen. */
const STEP = 12;
const PAN = 60;

const ARROWS: Readonly<Record<string, Point>> = {
  arrowleft: { x: -1, y: 0 },
  arrowright: { x: 1, y: 0 },
  arrowup: { x: 0, y: -1 },
  arrowdown: { x: 0, y: 1 },
};
const ARROW_KEYS = Object.keys(ARROWS);

export const MASK_KEYS: readonly MaskKey[] = [
  {
    ...{ keys: ["z"], control: true, shift: false, shown: "Ctrl Z", does: "Undo" },
    run: (painter) => painter.undo(),
  },
  {
    ...{ keys: ["z"], control: true, shift: true, shown: "Ctrl Shift Z", does: "Redo" },
    run: (painter) => painter.redo(),
  },
  { keys: ["y"], control: true, shown: "Ctrl Y", does: "Redo", run: (painter) => painter.redo() },
  { keys: ["b"], shown: "B", does: "Brush", run: (painter) => painter.choose("brush") },
  {
    ...{ keys: ["e"], shown: "E", does: "Erase, or paint again: with every tool" },
    run: (painter) => painter.erase(!painter.store.getState().erasing),
  },
  { keys: ["l"], shown: "L", does: "Lasso: around a shape", run: (painter) => painter.choose("lasso") },
  { keys: ["r"], shown: "R", does: "Rectangle", run: (painter) => painter.choose("rectangle") },
  { keys: ["h"], shown: "H", does: "Hand: move the picture", run: (painter) => painter.choose("hand") },
  { keys: ["["], shown: "[", does: "Smaller brush", run: (painter) => painter.resize(false) },
  { keys: ["]"], shown: "]", does: "Larger brush", run: (painter) => painter.resize(true) },
  { keys: ["{", ","], shown: ",", does: "Softer brush", run: (painter) => painter.harden(false) },
  { keys: ["}", "."], shown: ".", does: "Harder brush", run: (painter) => painter.harden(true) },
  { keys: ["i"], shown: "I", does: "Invert the mask", run: (painter) => painter.invert() },
  { keys: ["f"], shown: "F", does: "Soften the mask's edges", run: (painter) => painter.soften() },
  { keys: ["delete", "backspace"], shown: "Del", does: "Clear the mask", run: (painter) => painter.clear() },
  {
    ...{ keys: ARROW_KEYS, shift: false, shown: "Arrows", does: "Move the cursor" },
    run: (painter, screen, key) => {
      const { cursor } = painter.store.getState();
      painter.moveTo(along(cursor, key, STEP * screen.viewport.perPixel));
    },
  },
  {
    ...{ keys: ARROW_KEYS, shift: true, shown: "Shift arrows", does: "Move the picture" },
    run: (_, screen, key) => screen.viewport.pan(along({ x: 0, y: 0 }, key, -PAN)),
  },
  {
    ...{ keys: [" "], shown: "Space", does: "Brush down or up; a corner of the lasso or rectangle" },
    run: press,
  },
  { keys: ["enter"], shown: "Enter", does: "Close the shape", run: (painter) => painter.finish() },
  { keys: ["+", "="], shown: "+", does: "Zoom in", run: (_, screen) => screen.viewport.zoomBy(ZOOM) },
  { keys: ["-", "_"], shown: "−", does: "Zoom out", run: (_, screen) => screen.viewport.zoomBy(1 / ZOOM) },
  { keys: ["0"], shown: "0", does: "The whole picture", run: (_, screen) => screen.viewport.fit() },
  { keys: ["?"], shown: "?", does: "This list", run: (_, screen) => screen.showKeys() },
];

function along({ x, y }: Point, key: string, distance: number): Point {
  const arrow = ARROWS[key] ?? { x: 0, y: 0 };
  return { x: x + arrow.x * distance, y: y + arrow.y * distance };
}

function press(painter: Painter): void {
  const { tool } = painter.store.getState();
  if (!painter.isBusy) painter.begin();
  else if (tool === "lasso") painter.addCorner();
  else painter.finish();
}

/** What a pressed key does; undefined: nothing here. */
export function maskKeyOf(event: KeyboardEvent): MaskKey | undefined {
  const key = event.key.toLowerCase();
  const control = event.ctrlKey || event.metaKey;
  return MASK_KEYS.find(
    (each) =>
      each.keys.includes(key) &&
      (each.control ?? false) === control &&
      (each.shift ?? event.shiftKey) === event.shiftKey,
  );
}
