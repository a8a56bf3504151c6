// @vitest-environment node
/** The size of a picture of which only the painted part was drawn is none that a model is asked for. */
import { expect, test } from "vitest";

import { drawnSize, settingsOf } from "@/actions/drawnAs";
import { draftOfPicture } from "@/features/workbench/draft/again";

import { makeGeneration } from "./factories";
import { makeType } from "./jobHub";

const region = { region_x: 900, region_y: 600, region_width: 128, region_height: 96 };
const photograph = makeGeneration({
  ...{ width: 4000, height: 3000, workflow: "sd15_inpaint", task_type: "standard" },
  parameters: { mask: "artifact:m", only_masked: true, only_masked_padding: 32, ...region },
});
const whole = makeGeneration({ ...photograph, parameters: { mask: "artifact:m", only_masked: false }, width: 768 });

test("more of its kind has the model's own size, whatever the picture's", () => {
  expect(settingsOf(photograph)).not.toHaveProperty("side");
  expect(drawnSize(photograph)).toEqual({});
  expect(settingsOf(makeGeneration())).toMatchObject({ side: 512 });
  expect(drawnSize(whole)).toEqual({ width: 768, height: 3000 });
});

test("in the workbench its part is found anew, of whichever mask it has then", () => {
  const numbers = ["width", "height", "only_masked_padding", ...Object.keys(region)];
  const properties = Object.fromEntries(numbers.map((name) => [name, { type: "integer" }]));
  const fields = { ...properties, only_masked: { type: "boolean" } };
  const type = makeType("sd15-inpaint", fields, { workflows: ["sd15_inpaint"], families: ["sd15"] });
  const inputs = draftOfPicture(photograph, [type])?.[0]?.inputs;
  expect(inputs).toEqual({ only_masked: true, only_masked_padding: 32 });
  expect(draftOfPicture(whole, [type])?.[0]?.inputs).toEqual({ only_masked: false, width: 768, height: 3000 });
});
