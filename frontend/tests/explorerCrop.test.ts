/** One crop for all cells of a grid, without React. */
import { afterEach, describe, expect, test, vi } from "vitest";

import { Crop, type CropTold } from "@/features/explorer/axes/crop";

describe("the crop of all cells", () => {
  afterEach(() => vi.useRealTimers());

  function shown() {
    vi.useFakeTimers();
    const [crop, grid, cell] = [new Crop(), document.createElement("div"), document.createElement("span")];
    const told: CropTold[] = [];
    crop.attach(grid);
    crop.cell(cell);
    const written = vi.spyOn(cell.style, "transform", "set");
    crop.subscribe(() => told.push(crop.told()));
    const turn = (deltaY: number) =>
      grid.dispatchEvent(new WheelEvent("wheel", { deltaY, ctrlKey: true, cancelable: true }));
    const at = (style = cell.style) => (style.transform.match(/-?[\d.]+/g) ?? []).map(Number);
    return { crop, told, turn, at, written };
  }

  test("is moved by the wheel once a frame, and tells React of its begin and, once it rests, of its end", () => {
    const { told, turn, at, written } = shown();
    for (let step = 0; step < 40; step++) turn(-5);
    expect(written).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20);
    expect(written).toHaveBeenCalledOnce();
    expect(at().at(-1)).toBeCloseTo(Math.E);
    expect(told).toEqual([{ zoomed: true, percent: 100, sharp: false }]);
    vi.advanceTimersByTime(250);
    expect(told.slice(1)).toEqual([{ zoomed: true, percent: 272, sharp: true }]);
  });

  test("stays within the pictures, and is all of them again by 0", () => {
    const { crop, told, at } = shown();
    crop.zoomBy(3);
    crop.moveBy(9, -0.5);
    vi.advanceTimersByTime(20);
    expect(at()).toEqual([100, -50, 3]);
    const later = document.createElement("span");
    crop.cell(later);
    expect(at(later.style), "a cell that comes later").toEqual([100, -50, 3]);
    crop.zoomBy(0);
    expect(told.at(-1)?.zoomed).toBe(false);
    vi.advanceTimersByTime(250);
    expect(at()).toEqual([]);
    expect(told.at(-1)).toEqual({ zoomed: false, percent: 100, sharp: false });
  });
});
