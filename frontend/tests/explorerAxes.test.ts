// @vitest-environment node
/** What is written for a side of the grid, as values and as what is wrong. */
import { describe, expect, test } from "vitest";

import { axisBody, gridOf, valuesOf } from "@/features/explorer/axes/axis";
import { gridShown } from "@/features/explorer/axes/cells";
import { readSheet, sheetIn } from "@/features/explorer/axes/sheets";

import { generationId, makeBatch, makeGeneration } from "./factories";

const axis = (parameter: string, values: string, of = "") => ({ parameter, values, of });

describe("values", () => {
  test.each([
    ["steps", "10, 20 ,30", [10, 20, 30]],
    ["steps", "10..30:10", [10, 20, 30]],
    ["seed", "1..4", [1, 2, 3, 4]],
    ["cfg_scale", "9..5/3", [9, 7, 5]],
    ["cfg_scale", "0..1:0.1", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    ["denoise_strength", "0.3, 0.5..0.7:0.1", [0.3, 0.5, 0.6, 0.7]],
    ["sampler", "euler, ddim", ["euler", "ddim"]],
    ["wording", "cat, asleep | dog", ["cat, asleep", "dog"]],
  ])("%s: %s", (parameter, text, values) => expect(valuesOf(axis(parameter, text)).values).toEqual(values));

  test.each([
    ["steps", " , ", "Write at least one value"],
    ["steps", "10, ten", "ten is no number"],
    ["steps", "10.5", "10.5 is no whole number"],
    ["steps", "1..9/4", "1..9/4 has values that are not whole"],
    ["seed", "1..4:0", "1..4:0 has no values in between"],
    ["seed", "1..9999999999", "At most 500 values"],
    ["cfg_scale", "7, 7", "7 is there twice"],
    ["lora", "0, 1", "Choose a LoRA"],
  ])("%s: %s is said to be wrong", (parameter, text, problem) =>
    expect(valuesOf(axis(parameter, text))).toEqual({ values: null, problem }),
  );
});

describe("the grid", () => {
  test("counts its pictures, and says what is too many or the same twice", () => {
    expect(gridOf(axis("steps", "10, 20"), axis("seed", "1..5")).count).toBe(10);
    expect(gridOf(axis("steps", "10, 20"), null).count).toBe(2);
    expect(gridOf(axis("seed", "1..100"), axis("steps", "1..6")).x.problem).toBe("600 pictures; at most 500");
    expect(gridOf(axis("seed", "1"), axis("seed", "2")).y?.problem).toMatch(/^The same as across/);
    expect(gridOf(axis("wording", "a", "cat"), axis("wording", "b", "hat")).count).toBe(1);
  });

  test("is asked for as the hub knows it", () => {
    expect(axisBody(axis("wording", "", " cat "), ["dog"])).toEqual({
      parameter: "wording",
      find: "cat",
      values: ["dog"],
    });
    expect(axisBody(axis("wording", ""), ["in fog"])).toEqual({ parameter: "wording", values: ["in fog"] });
    expect(axisBody(axis("lora", "", "ink"), [0])).toEqual({ parameter: "lora", lora: "ink", values: [0] });
  });

  test("has each picture in its cell, in whatever order they are told", () => {
    const cells = [10, 20].flatMap((steps) => [4, 7].map((cfg_scale) => ({ steps, cfg_scale })));
    const generations = cells.map((varied, index) => makeGeneration({ id: generationId(index), varied })).reverse();
    const axes = [
      { parameter: "steps", values: [10, 20] },
      { parameter: "cfg_scale", values: [4, 7] },
    ];
    const shown = gridShown(makeBatch({ generations: generations.slice(0, 3), axes }));
    expect(shown).toMatchObject({ across: "steps", down: "guidance", columns: ["10", "20"] });
    expect(shown?.rows).toEqual([
      { name: "4", ids: [null, generationId(2)] },
      { name: "7", ids: [generationId(1), generationId(3)] },
    ]);
    expect(gridShown(makeBatch({ generations, axes: [] }))).toBeNull();
  });
});

describe("a sheet that is dropped", () => {
  const file = (text: string, name = "sheet.json") => new File([text], name);

  test("is found among other files and read", async () => {
    const sheet = file('{"axes": {"x": {}}, "prompt": "fog"}');
    expect(sheetIn([new File([], "a.png"), sheet])).toBe(sheet);
    expect(await readSheet(sheet)).toMatchObject({ prompt: "fog" });
  });

  test.each([
    ["no json", "sheet.json is not JSON."],
    ["[]", "sheet.json is no sheet: it has neither axes nor variations."],
    ['{"prompt": "fog"}', "sheet.json is no sheet: it has neither axes nor variations."],
  ])("that holds %s is refused in words", async (text, problem) =>
    expect(readSheet(file(text))).rejects.toThrow(problem),
  );
});
