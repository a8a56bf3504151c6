// @vitest-environment node
import { describe, expect, it } from "vitest";

import { HubProblem } from "@/api/client";
import { draftOf, jobOf, resultOf, taskOf, withInput, withoutTask, withType } from "@/features/workbench/draft/draft";
import { fieldsOf, outside } from "@/features/workbench/draft/formSchema";
import { placeOf, problemsOf } from "@/features/workbench/draft/problems";
import { grouped, titleOf } from "@/features/workbench/draft/taskTypes";

import { makeType } from "./jobHub";

const picture = { reference: "@generation:g1", thumbnail: null, label: "a cat" };

describe("the fields of a schema", () => {
  it("are what the schema says, and none for what no form can show", () => {
    const properties = {
      prompt: { type: "string", "x-multiline": true },
      cfg_scale: { title: "CFG scale", type: "number", minimum: 0, maximum: 100, "x-step": 0.1, default: 7 },
      size: { type: "integer", multipleOf: 8 },
      mode: { enum: ["a", 2] },
      node: { type: "string", "x-node": true },
      strange: { type: "object" },
      nonsense: 3,
    };
    const fields = fieldsOf({ properties, required: ["prompt"] });
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["prompt", "long"],
      ["cfg_scale", "number"],
      ["size", "number"],
      ["mode", "choice"],
      ["node", "node"],
    ]);
    expect(fields[0]).toMatchObject({ required: true, title: "prompt" });
    expect(fields[1]).toMatchObject({ title: "CFG scale", step: 0.1, fallback: 7, required: false });
    expect(fields[2]?.step).toBe(8);
    expect(fields[3]?.options).toEqual(["a", 2]);
  });

  it.each([[], "x", { properties: 3 }])("are none of %j", (schema) => {
    expect(fieldsOf(schema as never)).toEqual([]);
  });

  it("say how a number must be", () => {
    const [field] = fieldsOf({ properties: { n: { type: "integer", minimum: 1, maximum: 9 } } });
    const [least] = fieldsOf({ properties: { n: { type: "integer", minimum: 1 } } });
    expect([0, 1, 9, 10, "x"].map((value) => outside(value, field!))).toEqual([
      "From 1 to 9",
      undefined,
      undefined,
      "From 1 to 9",
      undefined,
    ]);
    expect(outside(0, least!)).toBe("At least 1");
  });
});

describe("a draft", () => {
  it("names one picture alone and several as a list, and leaves out what the type does not take", () => {
    const one = withInput(taskOf("a"), "image", [picture]);
    const two = withInput(taskOf("b", { old: 3, n: 0, off: false }), "image", [picture, resultOf(0, null)]);
    const fields = fieldsOf({ properties: { image: { "x-picture": "image" }, n: { type: "integer" } } });
    const { tasks } = jobOf([one, two], (type) => (type === "b" ? fields : null)).payload;
    expect(tasks).toEqual([
      { id: "t1", type: "a", inputs: { image: "@generation:g1" } },
      { id: "t2", type: "b", inputs: { image: ["@generation:g1", "@t1.images"], n: 0 } },
    ]);
  });

  it("forgets what is emptied", () => {
    const task = taskOf("a", { prompt: "x", image: [picture] });
    expect(withInput(withInput(task, "prompt", ""), "image", []).inputs).toEqual({});
  });

  it("changes its type with prompts and pictures, and finds its own numbers again", () => {
    const fields = fieldsOf({
      properties: { prompt: { type: "string", "x-multiline": true }, n: { type: "integer" } },
    });
    const there = withType(taskOf("a", { prompt: "x", n: 3 }), "b", fields);
    expect(there.inputs).toEqual({ prompt: "x" });
    expect(withType(withInput(there, "prompt", "y"), "a", fields).inputs).toEqual({ prompt: "y", n: 3 });
  });

  it("without a task refers to none that is gone", () => {
    const last = taskOf("c", { image: [resultOf(1, 2), resultOf(0, null), picture], seed: "@t2.seeds[0]" });
    const [, second] = withoutTask([taskOf("a"), taskOf("b", { seed: "@t1.seeds[0]" }), last], 0);
    expect(second?.inputs).toEqual({ image: [resultOf(0, 2), picture], seed: "@t1.seeds[0]" });
    expect(withoutTask([taskOf("a"), taskOf("b", { image: [resultOf(0, 0)] })], 0)).toEqual([taskOf("b")]);
  });

  it.each([[null], [{}], [[3, null, { type: 4 }]]])("is empty out of %j", (value) => {
    expect(draftOf(value)).toEqual([]);
  });

  it("is read from what was kept, without what no form could show", () => {
    const inputs = { prompt: "x", image: [picture], loras: [{ name: "l", strength_model: 1 }], bad: {}, worse: [3] };
    const kept = { b: { n: 3, bad: null } };
    expect(draftOf([{ type: "a", inputs, kept }])).toEqual([
      { type: "a", inputs: { prompt: "x", image: [picture], loras: inputs.loras }, kept: { b: { n: 3 } } },
    ]);
  });
});

describe("a refusal", () => {
  it.each([
    ["/payload/tasks/0/inputs/steps", { task: 0, field: "steps" }],
    ["/payload/tasks/11/inputs/image/0", { task: 11, field: "image" }],
    ["/payload/tasks/0/inputs/a~1b~0c", { task: 0, field: "a/b~c" }],
    ["/payload/tasks/0/type", { task: 0, field: null }],
    ["/payload/tasks/0", { task: 0, field: null }],
    ["/payload/tasks", { task: null, field: null }],
    ["", { task: null, field: null }],
  ])("at %s has its place in the form", (pointer, place) => expect(placeOf(pointer)).toEqual(place));

  it("without any place is told of the whole", () => {
    expect(problemsOf(new HubProblem(503, "unavailable", "the disk is full"))).toEqual([
      { task: null, field: null, message: "the disk is full" },
    ]);
  });
});

describe("task types", () => {
  it("are grouped by family, with what takes any picture last", () => {
    const any = makeType("upscale.esrgan", {}, { families: ["any"], operation: "upscale" });
    const own = makeType("workflow.ink_sketch", {}, { families: ["sdxl", "pony"] });
    const groups = grouped([any, makeType("sdxl.text2img", {}), own, makeType("sd15.text2img", {})]);
    expect(groups.map(({ title, types }) => [title, types.map(titleOf)])).toEqual([
      ["sdxl", ["Text to image", "ink_sketch"]],
      ["sd15", ["Text to image"]],
      ["Any picture", ["Upscale · esrgan"]],
    ]);
  });
});
