/** Where pictures of the map lie: every one has its own place, and nothing moves when more are drawn. */
import { describe, expect, test, vi } from "vitest";

import type { Generation } from "@/api/types";
import { directionOf } from "@/features/explorer/directions";
import { CELL, layoutOf, nextTile, PITCH, type Arrow } from "@/features/explorer/map/layout";
import { boxOf, Surface } from "@/features/explorer/map/surface";
import { onceEach } from "@/features/explorer/pictures";
import { backTo, centreOf, movedTo, stateOf } from "@/features/explorer/state";
import { variedInWords } from "@/lib/varied";

import { generationId, makeGeneration } from "./factories";

const START = generationId(1);

/** Eight seeds around each of so many pictures, each time around the third of the last ones, or of the first. */
function wander(centres: number, branch = false): Generation[] {
  const pictures = [makeGeneration({ id: START })];
  let centre = START;
  for (let step = 0; step < centres; step++) {
    const ring = Array.from({ length: 8 }, (_, slot) =>
      makeGeneration({ id: generationId(100 + step * 8 + slot), parent_id: centre, varied: { seed: slot } }),
    );
    pictures.push(...ring);
    centre = (branch ? pictures[1 + (step % pictures.length)]?.id : ring[2]?.id) ?? START;
  }
  return pictures;
}

const placesOf = (tiles: readonly { x: number; y: number }[]) => tiles.map(({ x, y }) => `${x},${y}`);

describe("the layout", () => {
  test("has the centre in the middle and its neighbours around it, row by row", () => {
    const { tiles, centres } = layoutOf(wander(1), [], null);
    expect(tiles.map(({ x, y }) => [x / CELL, y / CELL])).toEqual([
      [0, 0],
      ...[
        [-1, -1],
        [0, -1],
        [1, -1],
        [-1, 0],
        [1, 0],
        [-1, 1],
        [0, 1],
        [1, 1],
      ],
    ]);
    expect(centres.get(START)).toEqual({ x: 0, y: 0 });
  });

  test("puts the next centre on the side where the picture lay", () => {
    const { centres } = layoutOf(wander(2), [], null);
    expect(centres.get(generationId(102))).toEqual({ x: PITCH, y: -PITCH });
  });

  test.each([false, true])("of 250 centres has no two pictures in one place (branching: %s)", (branch) => {
    const { tiles } = layoutOf(wander(250, branch), [], null);
    expect(tiles.length).toBeGreaterThan(2_000);
    expect(new Set(placesOf(tiles)).size).toBe(tiles.length);
    expect(new Set(tiles.map(({ key }) => key)).size).toBe(tiles.length);
  });

  test.each([false, true])("moves nothing when more is drawn (branching: %s)", (branch) => {
    const all = wander(60, branch);
    const before = layoutOf(all.slice(0, 1 + 8 * 40), [], null).centres;
    const after = layoutOf(all, [], null).centres;
    for (const [id, place] of before) expect(after.get(id), id).toEqual(place);
  });

  test("shows of a former centre the direction in which somebody went on, not what was drawn ahead later", () => {
    const pictures = wander(2);
    const ahead = makeGeneration({ id: generationId(999), parent_id: START, varied: { cfg_scale: 4 } });
    const { tiles } = layoutOf([...pictures, ahead], [], null);
    expect(tiles.filter(({ centre }) => centre === START).map(({ id }) => id)).toContain(generationId(102));
    expect(tiles.map(({ id }) => id)).not.toContain(ahead.id);
  });

  test("keeps a place for each neighbour that is not drawn, and shows pictures of grids nowhere", () => {
    const grid = makeGeneration({ id: generationId(50), varied: { steps: 10, cfg_scale: 4 } });
    const pictures = Array.from({ length: 8 }, () => null);
    const { tiles } = layoutOf([grid], [START], { centre: START, direction: "seed", pictures });
    expect(tiles.map(({ id }) => id)).toEqual([START, ...pictures]);
  });
});

describe("the arrow keys", () => {
  const { tiles } = layoutOf(wander(3), [], null);
  const [centre] = tiles;

  test("lead to the neighbour on that side, and from the rim to the next centre's", () => {
    const slots = (["left", "right", "up", "down"] satisfies Arrow[]).map(
      (arrow) => nextTile(tiles, centre!, arrow)?.slot,
    );
    expect(slots).toEqual([3, 4, 1, 6]);
    const rim = tiles.find(({ key }) => key === `${START}:2`)!;
    expect(nextTile(tiles, rim, "up")?.centre).toBe(generationId(102));
  });

  test("reach every picture", () => {
    const reached = new Set([centre!.key]);
    const open = [centre!];
    for (let tile = open.pop(); tile; tile = open.pop())
      for (const arrow of ["left", "right", "up", "down"] as const) {
        const next = nextTile(tiles, tile, arrow);
        if (next && !reached.has(next.key)) {
          reached.add(next.key);
          open.push(next);
        }
      }
    expect(reached.size).toBe(tiles.length);
  });
});

describe("the surface", () => {
  const frame = Object.assign(document.createElement("div"), {
    getBoundingClientRect: () => ({ left: 100, top: 50, width: 800, height: 600 }) as DOMRect,
  });

  function shown(): { surface: Surface; world: HTMLElement; at: () => number[] } {
    globalThis.ResizeObserver = class {
      observe() {}
      unobserve() {}
      disconnect() {}
    };
    const [surface, world] = [new Surface(), document.createElement("div")];
    surface.attach(frame, world);
    return { surface, world, at: () => (world.style.transform.match(/-?[\d.]+(?=px|\)$)/g) ?? []).map(Number) };
  }

  test("zooms around the pointer: what lies under it stays there", () => {
    const { surface, at } = shown();
    surface.centreOn({ x: 0, y: 0 });
    const under = ([x = 0, y = 0, scale = 1]: number[]) => [(200 - x) / scale, (100 - y) / scale];
    const before = under(at());
    surface.zoomAt(1.5, { x: 300, y: 150 });
    const after = under(at());
    expect(after[0]).toBeCloseTo(before[0]!);
    expect(after[1]).toBeCloseTo(before[1]!);
  });

  test("tells what is in sight in steps, so that a small move draws nothing anew", () => {
    const { surface } = shown();
    let told = 0;
    surface.subscribe(() => told++);
    for (let step = 0; step < 100; step++) surface.panBy(1, 0);
    expect(told).toBeLessThanOrEqual(1);
    surface.panBy(1_000, 0);
    const { left, right } = boxOf(surface.inSight());
    expect(left).toBeLessThan(-1_100);
    expect(right).toBeGreaterThan(-1_100 + 800);
  });

  test("shows pictures themselves where a thumbnail would be coarse, and no words where nobody could read them", () => {
    const { surface, world } = shown();
    const told: string[] = [];
    surface.subscribe(() => told.push(surface.isNear() ? "near" : "far"));
    surface.zoomAt(2);
    expect(told.at(-1)).toBe("near");
    expect(world.hasAttribute("data-far")).toBe(false);
    surface.zoomAt(0.2);
    expect(told.at(-1)).toBe("far");
    expect(world.hasAttribute("data-far")).toBe(true);
  });

  test("is drawn anew at its scale once it rests", () => {
    vi.useFakeTimers();
    const { surface, world } = shown();
    surface.zoomAt(1.2);
    expect(world.style.willChange).toBe("transform");
    vi.advanceTimersByTime(150);
    surface.panBy(5, 5);
    vi.advanceTimersByTime(150);
    expect(world.style.willChange).toBe("transform");
    vi.advanceTimersByTime(100);
    expect(world.style.willChange).toBe("auto");
    vi.useRealTimers();
  });

  test("comes home with all neighbours in sight, wherever it was moved and zoomed to", () => {
    const { surface, at } = shown();
    const first = at();
    surface.zoomAt(3, { x: 120, y: 80 });
    surface.panBy(900, -700);
    surface.home();
    expect(at()).toEqual(first);
    surface.home({ x: 500, y: 0 });
    const [x = 0, , scale = 0] = at();
    expect(x + 500 * scale).toBeCloseTo(400);
  });

  test("zooms by a touchpad's pinch, whose steps are small, faster than by a wheel", () => {
    const { at } = shown();
    const turn = (ctrlKey: boolean) => {
      const [, , before = 1] = at();
      frame.dispatchEvent(new WheelEvent("wheel", { deltaY: -10, ctrlKey, cancelable: true }));
      return (at()[2] ?? 1) / before;
    };
    expect(turn(true)).toBeGreaterThan(1.1);
    expect(turn(false)).toBeLessThan(1.05);
  });
});

test("what depends on the pictures alone is found once for each change of them, not at every progress", () => {
  let counted = 0;
  const count = onceEach((generations) => (counted++, Object.keys(generations).length));
  const [one, other] = [{ a: makeGeneration() }, { a: makeGeneration(), b: makeGeneration() }];
  expect([count(one), count(one), count(other), count(one)]).toEqual([1, 1, 2, 1]);
  expect(counted).toBe(2);
});

describe("what a session keeps", () => {
  test("is read whatever another client wrote", () => {
    const odd = {
      trail: [1, START, null],
      direction: "sideways",
      view: 7,
      budget: 9_999,
      x: "steps",
      y: { values: 1 },
    };
    expect(stateOf(odd)).toMatchObject({ trail: [START], direction: "strength", view: "map", budget: 24 });
    expect(stateOf(odd).x.parameter).toBe("steps");
    expect(stateOf({ start: START }).trail).toEqual([START]);
    expect(stateOf({ one: true }).y).toBeNull();
  });

  test("has the way there, and the way back", () => {
    const moved = movedTo(movedTo(stateOf({ start: START }), generationId(2)), generationId(3));
    expect(moved.trail).toEqual([START, generationId(2), generationId(3)]);
    expect(movedTo(moved, generationId(3))).toBe(moved);
    expect(centreOf(backTo(moved, 0))).toBe(START);
  });
});

test("a difference has a direction only where it is one difference", () => {
  expect(directionOf({ seed: 4 })).toBe("seed");
  expect(directionOf({ "wording:cat": "dog" })).toBe("wording");
  expect(directionOf({ "lora:ink.safetensors": 0.5 })).toBe("lora_weight");
  expect(directionOf({ seed: 4, steps: 10 })).toBeNull();
  expect(directionOf({})).toBeNull();
});

test("a difference is told in words", () => {
  expect(variedInWords({ "wording:cat": "dog", denoise_strength: 0.4 })).toBe("dog instead of cat, strength 0.4");
  expect(variedInWords({ wording: "in fog", checkpoint: "sd/one.safetensors" })).toBe("“in fog” added, one");
  expect(variedInWords({ "lora:styles/ink.safetensors": 0.35, cfg_scale: 7.0000001 })).toBe("ink at 0.35, guidance 7");
});
