import { mkdirSync } from "node:fs";
import { resolve } from "node:path";

import { allDrawn, draft, expect, pick, test, tiles } from "./studio";

const FOLDER = resolve(import.meta.dirname, "../../docs/images");

test.use({ timeScale: 0.5, presets: "product" });

/** Not a test: the pictures of the README, out of the studio as it is. */
test("the main states of the studio", async ({ page, studio }) => {
  test.setTimeout(400_000);
  mkdirSync(FOLDER, { recursive: true });
  const shoot = async (name: string) => {
    await page.mouse.move(0, 0);
    await page.screenshot({ path: `${FOLDER}/${name}.jpg`, type: "jpeg", quality: 82 });
  };
  await page.goto(studio.url);
  await expect(page.getByRole("button", { name: "Generate 20 drafts" })).toBeVisible();
  await shoot("start");
  await draft(page, studio);
  await expect(tiles(page, "complete").nth(7)).toBeVisible();
  await shoot("drafting");
  await allDrawn(page, 20);
  for (const index of [1, 4, 7, 11, 13]) await pick(page, index);
  await expect(page.locator("[data-estimate]")).toBeVisible();
  await shoot("picking");
  await page.getByRole("button", { name: /^Refine 5/ }).click();
  await expect(tiles(page, "complete").nth(1)).toBeVisible();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Fleet" }).click();
  await expect(page.getByRole("heading", { name: "Fleet", exact: true })).toBeVisible();
  await expect(page.locator("[data-preview]:visible").first()).toBeVisible();
  await shoot("fleet");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Studio" }).click();
  await allDrawn(page, 8);
  await tiles(page).nth(1).locator("> button").dblclick();
  await expect(page.locator("[data-viewer] img").first()).toBeVisible();
  await shoot("viewer");
});
