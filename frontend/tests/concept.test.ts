// @vitest-environment node
/** What the concept builder keeps in a session: read whatever wrote it, and changed without losing anything. */
import { describe, expect, test } from "vitest";

import {
  conceptOf,
  diced,
  FIELDS,
  moved,
  parameterOf,
  sentCards,
  sideOf,
  sidesTicked,
  withCards,
} from "@/features/concept/state";
import { parameterName, variedInWords } from "@/lib/varied";
import schema from "@/api/schema.runtime.json";

const chips = (ticked: string[]) => ({
  texts: ["moonlight", "at dusk", "neon light"],
  ticked,
  pictures: true,
  drawn: [],
});

describe("what is kept", () => {
  test("knows the fields of the hub, in its order", () => {
    expect(FIELDS).toEqual(schema.enums.Field.values);
  });

  test("is empty cards at first", () => {
    const concept = conceptOf(undefined);
    expect(concept.built).toBe(false);
    expect(sentCards(concept)).toEqual(FIELDS.map((field) => ({ field, text: "", weight: 1, locked: false })));
  });

  test("may have been written by anybody", () => {
    const concept = conceptOf({
      built: "yes",
      order: ["mood", "mood", "toString", 3],
      cards: { mood: { text: 7, weight: 9, locked: "no" }, camera: null, style: { text: "ink", weight: 1.2 } },
      chips: { mood: { texts: ["calm", 3], ticked: ["calm", "wild"] }, style: {}, nobody: chips([]) },
      grids: {
        b1: [
          { field: "nobody", values: ["x"] },
          { field: "mood", find: "calm", values: ["calm", "wild"] },
        ],
        b2: 3,
      },
    });
    expect(concept.order.slice(0, 2)).toEqual(["mood", "subject"]);
    expect(concept.cards.mood).toEqual({ text: "", weight: 1, locked: false });
    expect(concept.cards.style).toEqual({ text: "ink", weight: 1.2, locked: false });
    expect(concept.chips).toEqual({ mood: { texts: ["calm"], ticked: ["calm"], pictures: false, drawn: [] } });
    expect(concept.grids).toEqual({ b1: [{ field: "mood", find: "calm", values: ["calm", "wild"] }], b2: [] });
  });
});

test("a card is moved among the others, and never out of them", () => {
  expect(moved(FIELDS, "style", 0)[0]).toBe("style");
  expect(moved(FIELDS, "subject", 99).at(-1)).toBe("subject");
  expect([...moved(FIELDS, "mood", 3)]).toEqual([...FIELDS]);
  expect(new Set(moved(FIELDS, "camera", -4))).toEqual(new Set(FIELDS));
});

test("the dice leave locked cards alone, and keep nothing out where nothing is kept out", () => {
  const concept = conceptOf({ cards: { subject: { text: "a fox", locked: true } } });
  expect(diced(concept)).toEqual(FIELDS.filter((field) => !["subject", "keep_out"].includes(field)));
  expect(diced({ ...concept, cards: withCards(concept, { keep_out: { text: "people" } }) })).toContain("keep_out");
});

test("the first two cards with ticked chips make the sides of a grid", () => {
  const ticked = { lighting: chips(["moonlight", "at dusk"]), mood: chips([]), keep_out: chips(["neon light"]) };
  const concept = conceptOf({ chips: { ...ticked, camera: chips(["at dusk"]) }, order: ["camera"] });
  const sides = sidesTicked(concept);
  expect(sides.map((side) => [side.field, side.values.length])).toEqual([
    ["camera", 1],
    ["lighting", 2],
  ]);
  expect(sides.map(parameterOf)).toEqual(["wording:[camera]", "wording:[lighting]"]);
});

test("what stands for a card's words stands nowhere else in the prompt", () => {
  const concept = conceptOf({ cards: { subject: { text: "a [Lighting] rig, [lighting 2]" } } });
  expect(sideOf("lighting", ["at dusk", "[lighting 3]"], concept).find).toBe("[lighting 4]");
  expect(sideOf("keep_out", ["fog"], concept)).toEqual({ field: "keep_out", find: "[keep out]", values: ["fog"] });
});

test("what a picture of a grid has is told by the name of its card", () => {
  expect(variedInWords({ "wording:[keep out]": "fog", "wording:cat": "dog" })).toBe(
    "keep out: fog, dog instead of cat",
  );
  expect(parameterName("wording:[lighting]")).toBe("lighting");
});
