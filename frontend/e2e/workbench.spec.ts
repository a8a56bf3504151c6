import type { Page } from "@playwright/test";

import { accessible } from "./accessible";
import { greyPng } from "./png";
import { expect, SENTENCE, test } from "./studio";

// jobs outlive their sessions, and are counted here
test.use({ alone: true });

const jobs = (page: Page, status = "") => page.locator(`[data-job]${status && `[data-status=${status}]`}`);
const results = (page: Page, task: string) => page.locator(`[data-task=${task}] [data-result]`);

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Workbench" }).click();
  await expect(page.getByRole("heading", { name: /^Text to image/ })).toBeVisible();
}

async function small(page: Page): Promise<void> {
  await page.getByLabel("Prompt", { exact: true }).fill(SENTENCE);
  for (const [label, value] of [
    ["Width", "256"],
    ["Height", "256"],
    ["Steps", "6"],
  ] as const)
    await page.getByLabel(label, { exact: true }).fill(value);
}

/** What a person may have of ComfyUI: an export with a prompt of their own in it. */
const EXPORT = {
  "3": {
    class_type: "KSampler",
    inputs: {
      ...{ seed: 7, steps: 6, cfg: 7, sampler_name: "euler", scheduler: "normal", denoise: 1 },
      ...{ model: ["4", 0], positive: ["6", 0], negative: ["7", 0], latent_image: ["5", 0] },
    },
  },
  "4": { class_type: "CheckpointLoaderSimple", inputs: { ckpt_name: "v1-5-pruned-emaonly.safetensors" } },
  "5": { class_type: "EmptyLatentImage", inputs: { width: 256, height: 256, batch_size: 1 } },
  "6": { class_type: "CLIPTextEncode", inputs: { text: SENTENCE, clip: ["4", 1] } },
  "7": { class_type: "CLIPTextEncode", inputs: { text: "people", clip: ["4", 1] } },
  "8": { class_type: "VAEDecode", inputs: { samples: ["3", 0], vae: ["4", 2] } },
  "9": { class_type: "SaveImage", inputs: { filename_prefix: "own", images: ["8", 0] } },
};

/** Dropped beside everything that takes pictures. */
async function drop(page: Page, name: string, type: string, content: Buffer): Promise<void> {
  await page.evaluate(
    ({ name, type, bytes }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
    },
    { name, type, bytes: [...content] },
  );
}

const chooseInDialog = (page: Page, type: string) => page.locator(`[role=dialog] [data-type="${type}"]`).click();

test("a result goes on into the next task, and a chain of two runs as one job", async ({ page, studio }) => {
  await open(page, studio.url);
  await small(page);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(jobs(page, "complete")).toHaveCount(1);
  await expect(results(page, "t1").locator("img")).toBeVisible();

  await page.getByRole("button", { name: /^Use picture 1 of sd15.text2img in/ }).click();
  await chooseInDialog(page, "upscale.esrgan");
  await expect(page.getByRole("heading", { name: /^Upscale/ })).toBeVisible();
  await expect(page.locator('[data-picture-field="image"] li img')).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(jobs(page, "complete")).toHaveCount(2);
  await expect(jobs(page).first().locator("[data-result] button").first()).toHaveAttribute("title", /^1024×1024/);

  await page.locator('nav[aria-label="Task types"] summary', { hasText: "sd15" }).click();
  await page.locator('nav [data-type="sd15.text2img"]').click();
  await page.getByRole("button", { name: "Add a next task" }).click();
  await chooseInDialog(page, "upscale.esrgan");
  await expect(page.getByText("Result of t1", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Run 2 tasks" }).click();
  await expect(jobs(page, "complete")).toHaveCount(3);
  await expect(jobs(page).first().locator("[data-task=t2] [data-result]")).toHaveCount(1);
  const [newest] = (await studio.get<{ jobs: { tasks: { type: string }[] }[] }>("/api/jobs")).jobs;
  expect(newest?.tasks.map(({ type }) => type)).toEqual(["sd15.text2img", "upscale.esrgan"]);

  await page.reload();
  await expect(jobs(page, "complete")).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Run 2 tasks" })).toBeVisible();
  await jobs(page).first().getByRole("button", { name: "Look at picture 1 of upscale.esrgan" }).click();
  await expect(page.locator("[data-viewer] img").first()).toBeVisible();
});

test("a wrong input is told at its field, by the hub as by the page", async ({ page, studio }) => {
  await page.goto(studio.url);
  await expect(page.getByRole("button", { name: "Generate 20 drafts" })).toBeVisible();
  await page.keyboard.press("w");
  await expect(page.getByRole("heading", { name: /^Text to image/ })).toBeVisible();
  await small(page);
  await page.getByLabel("Steps", { exact: true }).fill("999");
  await expect(page.getByText("From 1 to 150")).toBeVisible();
  await page.getByLabel("Width", { exact: true }).fill("250");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.locator("[data-field=width]")).toContainText("multiple of 8");
  await expect(page.getByText("2 mistakes to correct: nothing was submitted.")).toBeVisible();
  await expect(jobs(page)).toHaveCount(0);

  await page.getByLabel("Width", { exact: true }).fill("256");
  await page.getByLabel("Steps", { exact: true }).fill("4");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(jobs(page, "complete")).toHaveCount(1);
});

test("a picture of one's own goes in as a file, and what is none is refused", async ({ page, studio }) => {
  await open(page, studio.url);
  await page.locator('nav[aria-label="Task types"] summary', { hasText: "Any picture" }).click();
  await page.locator('nav [data-type="upscale.esrgan"]').click();
  const input = page.getByLabel("Image: choose a file");
  await input.setInputFiles({ name: "notes.txt", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await expect(page.getByText(/^notes\.txt cannot be used/)).toBeVisible();
  await input.setInputFiles({ name: "grey.png", mimeType: "image/png", buffer: greyPng(64) });
  await expect(page.getByAltText("grey.png")).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(jobs(page, "complete")).toHaveCount(1);
  await expect(jobs(page).first().locator("[data-result] button").first()).toHaveAttribute("title", /^256×256/);
  await page.getByRole("button", { name: "Run", exact: true }).click(); // the hub has deleted the upload with its job
  await expect(jobs(page, "complete")).toHaveCount(2);

  await drop(page, "Own flow.json", "application/json", Buffer.from(JSON.stringify(EXPORT)));
  await expect(page.getByRole("heading", { name: "Import a workflow" })).toBeVisible();
  await expect(page.locator("[data-parameter=prompt]")).toContainText(SENTENCE);
  await page.getByRole("button", { name: "Another input for Negative prompt" }).click();
  await page.locator('[data-input="6.text"]').click();
  await expect(page.locator("[data-parameter=prompt]"), "an input takes one parameter").toBeHidden();
  await page.getByRole("button", { name: "Back to what was found" }).click();
  await expect(page.locator("[data-parameter=prompt]")).toContainText(SENTENCE);
  await page.getByRole("button", { name: "Try it: one picture" }).click();
  await expect(page.getByAltText("The picture of the test")).toBeVisible();
  await accessible(page, "import");
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "To the workbench" }).click();
  await expect(page.getByLabel("Task type", { exact: true }).locator("option", { hasText: "own_flow" })).toHaveCount(1);

  const own = "/api/generations?status=complete&limit=1"; // the picture of the test
  const [{ image_url: url } = { image_url: "" }] = (await studio.get<{ generations: { image_url: string }[] }>(own))
    .generations;
  const picture = await (await page.request.get(new URL(url, studio.url).href)).body();
  await drop(page, "own.png", "image/png", picture);
  const sheet = page.getByRole("dialog", { name: /^Made with Vibes ImGen/ });
  await expect(sheet).toContainText("your fleet has its file");
  await accessible(page, "recipe");
  await sheet.getByRole("button", { name: "Use settings" }).click();
  await expect(page.getByLabel("Prompt", { exact: true })).toHaveValue(SENTENCE);
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(undo, "the last change alone is offered back").toHaveCount(1);
  await undo.click();
  await expect(page.getByLabel("Prompt", { exact: true }), "the form of the workflow, as it was").toHaveValue("");
});

test("nothing serious for axe on the workbench, and on a phone it fits", async ({ page, studio }) => {
  await open(page, studio.url);
  await accessible(page, "form");
  await small(page);
  await page.getByText(/^Advanced: /).click();
  await page.getByRole("button", { name: "Add a next task" }).click();
  await accessible(page, "types");
  await chooseInDialog(page, "sd15.inpaint");
  await page.getByRole("button", { name: "Run 2 tasks" }).click();
  await expect(page.getByText("Mask is needed.")).toBeVisible();
  await accessible(page, "a chain that was refused");
  await page.getByRole("button", { name: "Remove t2 Inpaint" }).click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(jobs(page, "complete")).toHaveCount(1);
  await accessible(page, "a job");
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByLabel("Task type", { exact: true })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await accessible(page, "phone");
});
