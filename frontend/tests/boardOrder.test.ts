// @vitest-environment node
/** Moving pictures on a board of which the gallery has loaded only what was looked at. */
import { expect, test } from "vitest";

import { asTheyLie, beforeWhich, type Order } from "@/features/gallery/board/order";

const ALL = ["a", "b", "c", "d"];

test.each([
  { ids: ["c"], first: "a", earlier: "b", later: null, last: null },
  { ids: ["a"], first: "b", earlier: undefined, later: "c", last: null },
  { ids: ["d"], first: "a", earlier: "c", later: undefined, last: null },
  { ids: ["b", "c"], first: "a", earlier: "a", later: null, last: null },
  { ids: ALL, first: undefined, earlier: undefined, later: undefined, last: undefined },
])("of a whole board $ids go before their neighbours", ({ ids, ...moves }) => {
  expect(beforeWhich(ALL, ids, "first")).toBe(moves.first);
  expect(beforeWhich(ALL, ids, "earlier")).toBe(moves.earlier);
  expect(beforeWhich(ALL, ids, "later")).toBe(moves.later);
  expect(beforeWhich(ALL, ids, "last")).toBe(moves.last);
});

test("what is not loaded is neither the end nor passed over", () => {
  const some: Order = ["a", "b", undefined, undefined, "e", "f", undefined];
  expect(beforeWhich(some, ["b"], "later"), "not to the end, and not before e").toBeUndefined();
  expect(beforeWhich(some, ["e"], "earlier"), "not before b").toBeUndefined();
  expect(beforeWhich(some, ["e"], "later"), "before what follows f").toBeUndefined();
  expect(beforeWhich(some, ["f"], "later"), "one picture follows, so that is the end").toBeNull();
  expect(beforeWhich([undefined, "b", "c"], ["c"], "first")).toBeUndefined();
});

test("chosen in any order they are moved as they lie, since thousands are moved in parts", () => {
  expect(asTheyLie(["a", undefined, "c", "d"], ["d", "x", "a", "c"])).toEqual(["a", "c", "d", "x"]);
});
