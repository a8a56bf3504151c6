// @vitest-environment node
/** The mask painter's numbers: strokes, shapes, softness, undo, and what is seen of the picture. */
import { describe, expect, test } from "vitest";

import { feather } from "@/features/mask/drawing/feather";
import { History } from "@/features/mask/drawing/history";
import {
  coverage,
  emptyMask,
  fillOutline,
  fillRectangle,
  invert,
  MOST_PIXELS,
  sizeFor,
  strokePiece,
  type Mask,
  type Point,
} from "@/features/mask/drawing/mask";
import { fitted, panned, toFrame, toMask, zoomed } from "@/features/mask/drawing/view";
import { Painter } from "@/features/mask/easel";
import { MASK_KEYS, maskKeyOf } from "@/features/mask/keys";

const at = (mask: Mask, x: number, y: number): number => mask.data[y * mask.width + x] ?? -1;
const HARD = { radius: 5, hardness: 1, erasing: false };

/** A seeded stream of numbers from 0 to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

describe("a stroke", () => {
  test("paints what lies within its radius, and says what it may have changed", () => {
    const mask = emptyMask(60, 40);
    const box = strokePiece(mask, { x: 15, y: 20 }, { x: 45, y: 20 }, HARD);
    expect([at(mask, 15, 20), at(mask, 30, 23), at(mask, 45, 17)]).toEqual([255, 255, 255]);
    expect([at(mask, 30, 27), at(mask, 5, 20), at(mask, 55, 20)]).toEqual([0, 0, 0]);
    for (let y = 0; y < 40; y++)
      for (let x = 0; x < 60; x++)
        if (at(mask, x, y)) expect(x >= box.left && x < box.right && y >= box.top && y < box.bottom).toBe(true);
  });

  test("fades towards its edge the more the softer the brush is, and going over it again adds nothing", () => {
    const [soft, hard] = [emptyMask(60, 60), emptyMask(60, 60)];
    const [from, to] = [
      { x: 30, y: 20 },
      { x: 30, y: 40 },
    ];
    strokePiece(hard, from, to, { radius: 20, hardness: 1, erasing: false });
    strokePiece(soft, from, to, { radius: 20, hardness: 0, erasing: false });
    expect(at(hard, 42, 30)).toBe(255);
    expect(at(soft, 42, 30)).toBeGreaterThan(20);
    expect(at(soft, 42, 30)).toBeLessThan(235);
    const once = soft.data.slice();
    strokePiece(soft, to, from, { radius: 20, hardness: 0, erasing: false });
    expect(soft.data).toEqual(once);
  });

  test("takes away when it erases, and may leave the picture on any side", () => {
    const mask = emptyMask(20, 20);
    invert(mask);
    strokePiece(mask, { x: -30, y: 10 }, { x: 50, y: 10 }, { ...HARD, erasing: true });
    expect([at(mask, 0, 10), at(mask, 19, 10), at(mask, 10, 1)]).toEqual([0, 0, 255]);
  });
});

describe("shapes", () => {
  test("a rectangle is filled from whatever corner it was drawn, and kept within the picture", () => {
    const one = emptyMask(30, 20);
    fillRectangle(one, { x: 25, y: 15 }, { x: 5, y: 5 }, false);
    expect(coverage(one)).toBeCloseTo((20 * 10) / 600, 6);
    fillRectangle(one, { x: -9, y: -9 }, { x: 99, y: 99 }, true);
    expect(coverage(one)).toBe(0);
  });

  test("an outline is filled as even-odd counting says, whatever its corners are", () => {
    const random = chance(7);
    for (let round = 0; round < 40; round++) {
      const corners: Point[] = Array.from({ length: 3 + Math.floor(random() * 8) }, () => ({
        x: random() * 50 - 5,
        y: random() * 40 - 5,
      }));
      const mask = emptyMask(40, 30);
      fillOutline(mask, corners, false);
      for (let y = 0; y < 30; y++)
        for (let x = 0; x < 40; x++)
          if (nearest(corners, y + 0.5, x) > 1) expect(at(mask, x, y) > 0).toBe(isInside(corners, x + 0.5, y + 0.5));
    }
  });
});

/** How far the next crossing of this row is. */
const nearest = (corners: readonly Point[], y: number, x: number): number =>
  Math.min(...edges(corners, y).map((each) => Math.abs(each - x - 0.5)), Infinity);

const edges = (corners: readonly Point[], y: number): number[] =>
  corners.flatMap((from, index) => {
    const to = corners[(index + 1) % corners.length]!;
    return from.y <= y === to.y <= y ? [] : [from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)];
  });

const isInside = (corners: readonly Point[], x: number, y: number): boolean =>
  edges(corners, y).filter((each) => each < x).length % 2 === 1;

test("feathering keeps how much is painted, softens the edge, and changes nothing far from it", () => {
  const mask = emptyMask(80, 80);
  fillRectangle(mask, { x: 20, y: 20 }, { x: 60, y: 60 }, false);
  const before = coverage(mask);
  feather(mask, 3);
  expect(coverage(mask)).toBeCloseTo(before, 2);
  expect([at(mask, 40, 40), at(mask, 5, 5)]).toEqual([255, 0]);
  expect(at(mask, 19, 40)).toBeGreaterThan(80);
  expect(at(mask, 19, 40)).toBeLessThan(180);
});

describe("undo", () => {
  test("any run of steps is taken back to every state between, and done again", () => {
    const random = chance(3);
    const painter = new Painter({ width: 64, height: 48 });
    const states = [painter.mask.data.slice()];
    const steps = [
      () => painter.invert(),
      () => painter.soften(),
      () => strokeOf(painter, random),
      () => shapeOf(painter, random),
    ];
    for (let round = 0; round < 60; round++) {
      const before = painter.mask.data.slice();
      steps[Math.floor(random() * steps.length)]?.();
      if (painter.store.getState().undoable && String(before) !== String(painter.mask.data))
        states.push(painter.mask.data.slice());
    }
    const seen = () => painter.mask.data.slice();
    let [undone, now] = [0, seen()];
    while (painter.store.getState().undoable) {
      painter.undo();
      if (String(seen()) !== String(now)) expect(seen()).toEqual(states[states.length - 1 - ++undone]);
      now = seen();
    }
    expect(seen(), "where it began").toEqual(states[0]);
    while (painter.store.getState().redoable) painter.redo();
    expect(seen()).toEqual(states.at(-1));
  });

  test("keeps within its memory, the newest steps first", () => {
    const mask = emptyMask(10, 10);
    const history = new History(250);
    const box = { left: 0, top: 0, right: 10, bottom: 10 };
    for (let value = 1; value <= 5; value++) {
      const before = { ...mask, data: mask.data.slice() };
      mask.data.fill(value);
      history.note(before, box);
    }
    history.undo(mask);
    history.undo(mask);
    expect([at(mask, 0, 0), history.undoable, history.redoable]).toEqual([3, false, true]);
  });
});

function strokeOf(painter: Painter, random: () => number): void {
  painter.choose("brush");
  painter.erase(random() < 0.4);
  painter.moveTo({ x: random() * 64, y: random() * 48 });
  painter.begin();
  painter.moveTo({ x: random() * 64, y: random() * 48 });
  if (random() < 0.2) painter.cancel();
  else painter.finish();
}

function shapeOf(painter: Painter, random: () => number): void {
  painter.choose(random() < 0.5 ? "lasso" : "rectangle");
  painter.begin();
  for (let corner = 0; corner < 3; corner++) {
    painter.moveTo({ x: random() * 64, y: random() * 48 });
    if (painter.store.getState().tool === "lasso") painter.addCorner();
  }
  painter.finish();
}

test("a stroke that is dropped leaves nothing behind, and no step to undo", () => {
  const painter = new Painter({ width: 40, height: 40 });
  painter.begin();
  painter.moveTo({ x: 5, y: 5 });
  expect(coverage(painter.mask)).toBeGreaterThan(0);
  painter.cancel();
  expect([coverage(painter.mask), painter.store.getState().undoable]).toEqual([0, false]);
});

test("what was done is told in words, with how much of the picture is drawn anew", () => {
  const painter = new Painter({ width: 40, height: 40 });
  painter.invert();
  expect(painter.store.getState().told).toBe("Inverted. 100 % of the picture is drawn anew.");
  painter.clear();
  expect(painter.store.getState().told).toBe("Cleared. Nothing is painted.");
});

test("a picture of any size has a mask of its shape within the bound", () => {
  expect(sizeFor(1024, 768)).toEqual({ width: 1024, height: 768 });
  const { width, height } = sizeFor(9000, 6000);
  expect(width * height).toBeLessThanOrEqual(MOST_PIXELS);
  expect(width / height).toBeCloseTo(1.5, 2);
  expect(sizeFor(60000, 1).height).toBe(1);
});

describe("the view", () => {
  const [mask, frame] = [
    { width: 400, height: 300 },
    { width: 200, height: 200 },
  ];

  test("shows the whole picture at first, and zooms around the point under the pointer", () => {
    const whole = fitted(mask, frame);
    expect(whole).toEqual({ scale: 0.5, x: 0, y: 25 });
    const point = { x: 60, y: 90 };
    const nearer = zoomed(whole, 3, point, mask, frame);
    expect(nearer.scale).toBe(1.5);
    const before = toMask(whole, point);
    expect(toFrame(nearer, before).x).toBeCloseTo(point.x, 9);
    expect(toFrame(nearer, before).y).toBeCloseTo(point.y, 9);
  });

  test("has ends, so that the picture cannot be lost", () => {
    const whole = fitted(mask, frame);
    expect(zoomed(whole, 1e9, { x: 0, y: 0 }, mask, frame).scale).toBe(16);
    expect(zoomed(whole, 1e-9, { x: 0, y: 0 }, mask, frame).scale).toBe(0.25);
    const away = panned(whole, { x: 1e6, y: -1e6 }, mask, frame);
    expect(away.x).toBeLessThan(frame.width);
    expect(away.y + mask.height * away.scale).toBeGreaterThan(0);
  });
});

test("no key does two things, and each does what the list says", () => {
  const pressed = (key: string, more: Partial<KeyboardEvent> = {}) =>
    maskKeyOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, ...more } as KeyboardEvent)?.does;
  expect(pressed("z")).toBeUndefined();
  expect(pressed("z", { ctrlKey: true })).toBe("Undo");
  expect(pressed("Z", { ctrlKey: true, shiftKey: true })).toBe("Redo");
  expect(pressed("?", { shiftKey: true })).toBe("This list");
  expect(pressed("ArrowLeft", { shiftKey: true })).toBe("Move the picture");
  expect(pressed("r", { ctrlKey: true }), "the browser's own").toBeUndefined();
  const shown = MASK_KEYS.map((each) => each.shown);
  expect(new Set(shown).size).toBe(shown.length);
});
