/** Files that are dropped, pasted or opened: the import page, the table of several, the recipe sheet, and what goes wrong. */
import type { Page } from "@playwright/test";

import { accessible, THEMES } from "./accessible";
import { expect, test } from "./studio";

const SHOTS = process.env["VIBES_SHOTS"];

/** For people to look at, where a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  for (const theme of THEMES) {
    await page.evaluate((to) => (document.documentElement.dataset["theme"] = to), theme);
    await page.screenshot({ path: `${SHOTS}/${name}-${theme}.png` });
  }
}

interface Given {
  name: string;
  text: string;
  type?: string;
}

const drop = (page: Page, files: readonly Given[]) =>
  page.evaluate((all) => {
    const data = new DataTransfer();
    for (const { name, text, type } of all) data.items.add(new File([text], name, { type: type ?? "" }));
    const given = { bubbles: true, cancelable: true, dataTransfer: data };
    document.body.dispatchEvent(new DragEvent("dragover", given));
    return !document.body.dispatchEvent(new DragEvent("drop", given));
  }, files);

const paste = (page: Page, text: string) =>
  page.evaluate((words) => {
    const data = new DataTransfer();
    data.setData("text/plain", words);
    document.body.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
  }, text);

type Slots = readonly (readonly [name: string, type: string, link: number])[];

const node = (id: number, type: string, pos: readonly number[], values: readonly unknown[], ins: Slots = []) => ({
  ...{ id, type, pos, size: [315, 120], order: id, mode: 0, widgets_values: values, outputs: [] },
  inputs: ins.map(([name, kind, link]) => ({ name, type: kind, link })),
});

/** As ComfyUI's editor saves it; its author has chosen two fields for App Mode. */
const SAVED = JSON.stringify({
  nodes: [
    node(4, "CheckpointLoaderSimple", [0, 300], ["v1-5-pruned-emaonly.safetensors"]),
    node(6, "CLIPTextEncode", [400, 100], ["a fox in the snow, oil painting"], [["clip", "CLIP", 3]]),
    node(7, "CLIPTextEncode", [400, 340], ["blurry, text"], [["clip", "CLIP", 5]]),
    node(5, "EmptyLatentImage", [400, 560], [512, 512, 1]),
    node(
      3,
      "KSampler",
      [860, 200],
      [156680208700286, "randomize", 20, 8, "euler", "normal", 1],
      [
        ["model", "MODEL", 1],
        ["positive", "CONDITIONING", 4],
        ["negative", "CONDITIONING", 6],
        ["latent_image", "LATENT", 2],
      ],
    ),
    node(
      8,
      "VAEDecode",
      [1240, 200],
      [],
      [
        ["samples", "LATENT", 7],
        ["vae", "VAE", 8],
      ],
    ),
    node(9, "SaveImage", [1540, 200], ["fox"], [["images", "IMAGE", 9]]),
  ],
  links: [
    [1, 4, 0, 3, 0, "MODEL"],
    [2, 5, 0, 3, 3, "LATENT"],
    [3, 4, 1, 6, 0, "CLIP"],
    [4, 6, 0, 3, 1, "CONDITIONING"],
    [5, 4, 1, 7, 0, "CLIP"],
    [6, 7, 0, 3, 2, "CONDITIONING"],
    [7, 3, 0, 8, 0, "LATENT"],
    [8, 4, 2, 8, 1, "VAE"],
    [9, 8, 0, 9, 0, "IMAGE"],
  ],
  extra: {
    ...{ frontendVersion: "1.44.0", linearMode: true },
    linearData: {
      inputs: [
        [6, "text"],
        [3, "steps"],
      ],
      outputs: ["9"],
    },
  },
  version: 0.4,
});

const RECIPE =
  "a red fox, oil painting <lora:nobody_has_it:0.7>\nNegative prompt: blurry, text\n" +
  "Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 42, Size: 512x768, " +
  "Model: v1-5-pruned-emaonly, Version: v1.10.1";

test("a workflow is put right by the keyboard, tried, and there after a reload", async ({ page, studio }) => {
  await page.goto(studio.url);
  await expect(page.getByLabel("What do you want to see?")).toBeVisible();
  expect(await drop(page, [{ name: "Snow fox.json", text: SAVED }]), "the browser opens nothing").toBe(true);
  await expect(page.getByText("App Mode: 2 inputs chosen by its author")).toBeVisible();
  await accessible(page, "the import page");
  await shoot(page, "import-1440");

  await page.getByRole("button", { name: "Another input for Steps" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator('[data-input="3.steps"]')).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.locator('[data-input="3.cfg"]'), "what has the focus is in sight").toBeInViewport();
  await accessible(page, "an input being chosen");
  await shoot(page, "import-choosing-1440");
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-parameter=steps]")).toContainText("Corrected by you");
  await page.getByRole("button", { name: "Undo the last correction" }).click();
  await expect(page.locator("[data-parameter=steps]")).not.toContainText("Corrected by you");

  await page.getByRole("button", { name: "Try it: one picture" }).click();
  await expect(page.getByRole("img", { name: "The picture of the test" })).toBeVisible();
  await accessible(page, "a test that is drawn");

  await page.getByLabel("Name", { exact: true }).fill("snow_fox_again");
  await page.reload();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("snow_fox_again");

  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Another input for Seed" }).click();
  const input = page.locator('[data-input="3.seed"]');
  await expect(input).toBeInViewport();
  expect((await input.boundingBox())?.height, "a finger hits it").toBeGreaterThanOrEqual(24);
  await shoot(page, "import-choosing-390");
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing sticks out").toBe(390);
  await accessible(page, "the import page at 390 px");
  await shoot(page, "import-390");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText(/^Drop a ComfyUI workflow here/)).toBeVisible();
});

test("texts, broken files and several at once say what they are", async ({ page, studio }) => {
  await page.goto(studio.url);
  await expect(page.getByLabel("What do you want to see?")).toBeVisible();
  await paste(page, SAVED.slice(0, 400));
  await expect(page.getByText(/^pasted\.json is no whole JSON: it ends in the middle/)).toBeVisible();
  await shoot(page, "broken-1440");
  await paste(page, RECIPE);
  const sheet = page.getByRole("dialog", { name: /^Made with/ });
  await expect(sheet).toBeVisible();
  await accessible(page, "the recipe sheet");
  await shoot(page, "recipe-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, "recipe-390");
  await page.keyboard.press("Escape");

  await drop(page, [
    { name: "one.json", text: SAVED },
    { name: "sub/two.json", text: SAVED },
    { name: "package.json", text: '{"name": "x"}' },
  ]);
  await expect(page.getByRole("rowheader")).toHaveCount(3);
  await expect(page.getByText("Reading…")).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing sticks out").toBe(390);
  await accessible(page, "the table at 390 px");
  await shoot(page, "table-390");
  await page.setViewportSize({ width: 1440, height: 900 });
  await accessible(page, "the table");
  await shoot(page, "table-1440");
  await page.getByRole("button", { name: "Look at package.json" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await shoot(page, "refused-1440");
  await page.getByRole("button", { name: "All 3 files" }).click();
  await page.getByRole("button", { name: "Discard all that are not saved" }).click();
  await expect(page.getByText(/^Drop a ComfyUI workflow here/)).toBeVisible();
});
