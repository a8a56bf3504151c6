/** Masks that the browser keeps: over a visit, within a limit, and beside those of another window. */
import { describe, expect, it } from "vitest";

import type { Mask } from "@/features/mask/drawing/mask";
import { Painter } from "@/features/mask/easel";
import { forgetMask, forgetOther, keepMask, keptMask, withMask } from "@/features/mask/keptMask";
import { beyond, Shelf } from "@/lib/kept/shelf";

const SIZE = { width: 4, height: 2 };
const painted = (value: number): Mask => ({ ...SIZE, data: new Uint8Array(8).fill(value) });
const valueOf = (mask: Mask | null | undefined) => mask?.data[0] ?? null;

describe("a mask that was painted", () => {
  it("is there at the next visit of the same picture, and not for one of another size", async () => {
    const mask = painted(9);
    await keepMask("generation:a", mask, null);
    mask.data.fill(0); // painting goes on
    expect(valueOf((await keptMask("generation:a", SIZE))?.mask)).toBe(9);
    expect(await keptMask("generation:a", { width: 2, height: 4 })).toBeNull();
    expect(await keptMask("generation:b", SIZE)).toBeNull();
  });

  it("goes when nothing is painted any more", async () => {
    const kept = await keepMask("generation:c", painted(1), null);
    await forgetMask("generation:c", kept?.stamp ?? null);
    expect(await keptMask("generation:c", SIZE)).toBeNull();
  });
});

describe("two windows that paint over one picture", () => {
  it("keep both masks, whoever writes last, until one is chosen", async () => {
    const one = await keepMask("generation:d", painted(1), null);
    const two = await keepMask("generation:d", painted(2), null); // it was opened before anything was kept
    expect([valueOf(two?.mask), valueOf(two?.other?.mask)]).toEqual([2, 1]);
    const again = await keepMask("generation:d", painted(3), one?.stamp ?? null);
    expect([valueOf(again?.mask), valueOf(again?.other?.mask)]).toEqual([3, 2]);
    const same = await keepMask("generation:d", painted(4), again?.stamp ?? null);
    expect(valueOf(same?.other?.mask), "its own next stroke changes nothing of that").toBe(2);
    await forgetMask("generation:d", "of another window");
    expect(valueOf((await keptMask("generation:d", SIZE))?.mask), "a window that clears its own").toBe(4);
    await forgetOther("generation:d");
    expect((await keptMask("generation:d", SIZE))?.other).toBeNull();
  });

  it("leave the other's mask when one of them clears its own", async () => {
    await keepMask("generation:e", painted(1), null);
    const two = await keepMask("generation:e", painted(2), null);
    await forgetMask("generation:e", two?.stamp ?? null);
    expect(valueOf((await keptMask("generation:e", SIZE))?.mask)).toBe(1);
  });

  it("are not offered their own mask of before once the other one has cleared its own", async () => {
    const mine = await keepMask("generation:f", painted(1), null);
    const theirs = await keepMask("generation:f", painted(2), null);
    await forgetMask("generation:f", theirs?.stamp ?? null);
    const further = await keepMask("generation:f", painted(3), mine?.stamp ?? null);
    expect([valueOf(further?.mask), further?.other]).toEqual([3, null]);
  });

  it("notice what was written after they have read", () => {
    const read = withMask(null, painted(1), "first", null);
    const later = withMask(read, painted(2), "second", "first");
    expect(later.other, "nothing came in between").toBeNull();
    expect(valueOf(withMask(later, painted(3), "third", "first").other?.mask)).toBe(2);
  });

  it("can take the other's, and have their own back by undo", () => {
    const painter = new Painter(SIZE, painted(7));
    painter.take(painted(255));
    expect(painter.store.getState().covered).toBe(1);
    painter.undo();
    expect(painter.mask.data[0]).toBe(7);
  });
});

describe("what the browser keeps", () => {
  const kept = (key: string, bytes: number) => ({ key, bytes, used: 0 });

  it("is limited in number and bytes, and the newest one always stays", () => {
    const all = [kept("new", 500), kept("b", 10), kept("c", 10)];
    expect(beyond(all, { most: 2, bytes: 1000 })).toEqual(["c"]);
    expect(beyond(all, { most: 9, bytes: 100 })).toEqual(["b", "c"]);
    expect(beyond(all, { most: 9, bytes: 510 })).toEqual(["c"]);
  });

  it("lets go what was used least", async () => {
    const shelf = new Shelf<string>("uploads", { most: 2, bytes: 100 }, (text) => text.length);
    for (const key of ["a", "b"]) await shelf.update(key, () => key);
    await shelf.read("a");
    await shelf.update("c", () => "c");
    expect(await Promise.all(["a", "b", "c"].map((key) => shelf.read(key)))).toEqual(["a", null, "c"]);
  });
});
