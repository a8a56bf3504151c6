import { mkdirSync } from "node:fs";
import { resolve } from "node:path";

import type { Page } from "@playwright/test";

import { allDrawn, draft, expect, pick, test, tiles } from "./studio";

const FOLDER = resolve(import.meta.dirname, "../../docs/images");

test.use({ timeScale: 0.5, presets: "product" });

async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${FOLDER}/${name}.jpg`, type: "jpeg", quality: 82 });
}

/** Not tests: the pictures of the README, out of the studio as it is. */
test("the main states of the studio", async ({ page, studio }) => {
  test.setTimeout(400_000);
  await page.goto(studio.url);
  await expect(page.getByRole("button", { name: "Generate 20 drafts" })).toBeVisible();
  await shoot(page, "start");
  await draft(page, studio);
  await allDrawn(page, 20);
  for (const index of [1, 4, 7, 11, 13]) await pick(page, index);
  await expect(page.locator("[data-estimate]")).toBeVisible();
  await shoot(page, "picking");
  await page.getByRole("button", { name: /^Refine 5/ }).click();
  await expect(tiles(page, "complete").nth(1)).toBeVisible();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Fleet" }).click();
  await expect(page.getByRole("heading", { name: "Fleet", exact: true })).toBeVisible();
  await expect(page.locator("[data-preview]:visible").first()).toBeVisible();
  await shoot(page, "fleet");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Studio" }).click();
  await allDrawn(page, 8);
  await tiles(page).nth(1).locator("> button").dblclick();
  await expect(page.locator("[data-viewer] img").first()).toBeVisible();
  await shoot(page, "viewer");
});

test.describe("slowly enough to see how pictures fill in", () => {
  test.use({ timeScale: 4 });

  test("drafts that are being drawn", async ({ page, studio }) => {
    test.setTimeout(400_000);
    await draft(page, studio);
    await expect(tiles(page, "complete").nth(7)).toBeVisible({ timeout: 120_000 });
    await expect(page.locator("[data-preview]:visible").nth(2)).toBeVisible({ timeout: 60_000 });
    await shoot(page, "drafting");
  });
});

test("the workbench", async ({ page, studio }) => {
  await page.goto(studio.url);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Workbench" }).click();
  await page.getByLabel("Prompt", { exact: true }).fill("a lighthouse at dusk, oil painting");
  await page.getByLabel("Pictures", { exact: true }).fill("3");
  await page.getByRole("button", { name: "Add a next task" }).click();
  await page.locator('[role=dialog] [data-type="upscale.esrgan"]').click();
  await page.getByRole("button", { name: "Run 2 tasks" }).click();
  await expect(page.locator("[data-job][data-status=complete]")).toHaveCount(1);
  await shoot(page, "workbench");
});

test("the explorer", async ({ page, studio }) => {
  test.setTimeout(400_000);
  await page.goto(studio.url);
  await page.getByLabel("What do you want to see?").fill("a lighthouse at dusk, oil painting");
  await page.getByRole("button", { name: /^Explorer/ }).click();
  await page.getByRole("button", { name: "Draw the first picture" }).click();
  const drawn = page.locator("[data-map] [data-status=complete]");
  await expect(drawn).toHaveCount(9);
  await page.locator("[data-place$=':2']").click();
  await expect(page.getByRole("navigation", { name: "Trail" })).toBeVisible();
  await page.getByRole("button", { name: "Smaller" }).click();
  await expect(drawn).toHaveCount(17);
  await shoot(page, "explorer");
});

test("what should change", async ({ page, studio }) => {
  test.setTimeout(400_000);
  await page.goto(studio.url);
  await page
    .getByLabel("What do you want to see?")
    .fill("a lighthouse with a red door in the fog at dusk, oil painting");
  await page.getByRole("button", { name: "Generate 20 drafts" }).click();
  await allDrawn(page, 20);
  for (const index of [1, 4]) await pick(page, index);
  await page.getByLabel("What should change?").fill("no door, more fog, make it night");
  await page.keyboard.press("Enter");
  const bar = page.getByRole("region", { name: "What should change" });
  await expect(bar.getByRole("button", { name: "Use it" })).toBeVisible();
  await page.locator("body").evaluate(() => scrollTo(0, 0));
  await expect(page.locator("[data-estimate]")).toBeVisible();
  await shoot(page, "refinement");
});

test("the concept builder", async ({ page, studio }) => {
  test.setTimeout(400_000);
  await page.goto(studio.url);
  const brief = "a lighthouse on a cliff at dusk, oil painting, no people";
  await page.getByLabel("What do you want to see?").fill(brief);
  await page.getByRole("button", { name: /^Concept Builder/ }).click();
  await page.getByRole("button", { name: "Take it apart" }).click();
  const chips = (name: string) => page.getByRole("group", { name: `Suggestions for ${name}` });
  for (const [name, many] of [
    ["Setting", 3],
    ["Lighting", 2],
  ] as const) {
    await page.getByRole("button", { name: `Suggest six for ${name}` }).click();
    await expect(chips(name).locator("[data-small=complete]")).toHaveCount(6);
    for (let place = 0; place < many; place++) await chips(name).getByRole("checkbox").nth(place).check();
  }
  await page.locator("[data-vary]").getByRole("button").click();
  const drawn = page.locator("[data-generation][data-status=complete]");
  await expect(drawn).toHaveCount(6);
  await drawn.nth(1).locator("> button").first().click();
  await expect(page.getByRole("button", { name: /^Refine 1 picked/ })).toBeVisible();
  await expect(page.locator("[data-estimate]").first()).toBeVisible();
  await page.locator("body").evaluate(() => scrollTo(0, 0));
  await shoot(page, "concept");
});
