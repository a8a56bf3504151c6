import type { Page } from "@playwright/test";

import { accessible, THEMES } from "./accessible";
import { allDrawn, draft, expect, pick, test, tiles } from "./studio";

const SHOTS = process.env["VIBES_SHOTS"];
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

/** For people to look at, where a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  for (const theme of THEMES) {
    await page.evaluate((to) => (document.documentElement.dataset["theme"] = to), theme);
    await page.screenshot({ path: `${SHOTS}/boards-${name}-${theme}.png` });
  }
}

const fits = (page: Page, what: string) =>
  expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), `${what} fits`)
    .toBeLessThanOrEqual(0);

test("pictures are rated, put together on a board, and taken along to a phone", async ({ page, studio }) => {
  await draft(page, studio);
  await allDrawn(page, 20);
  const session = page.url();
  await tiles(page).first().locator("> button").dblclick();
  await page.keyboard.press("4");
  await expect(page.getByRole("group", { name: "Rated 4 of 5" })).toBeVisible();
  // browsers give no clipboard to a page that comes over plain http from another computer
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.getByRole("button", { name: "Copy seed" }).click();
  await expect(page.getByText(/^Seed \d+ copied$/)).toBeVisible();
  await accessible(page, "a rated picture");
  await shoot(page, "viewer-1440");
  await page.keyboard.press("Escape");

  await pick(page, 0);
  await tiles(page)
    .nth(1)
    .locator("> button")
    .click({ modifiers: ["Shift"] });
  await expect(page.locator("[data-mark=selected]")).toHaveCount(2);
  await page.getByRole("button", { name: "Board", exact: true }).click();
  const put = page.getByRole("dialog", { name: "Put 2 pictures on a board" });
  const name = put.getByLabel("Name of your first board");
  await name.focus();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(name, "the seed was copied").toHaveValue(/^\d+$/);
  await name.fill("Lighthouses");
  await accessible(page, "choosing a board");
  await shoot(page, "put-1440");
  await put.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByText("2 pictures put on “Lighthouses”")).toBeVisible();

  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("region", { name: "Board Lighthouses" })).toBeVisible();
  await page.reload();
  const pictures = page.getByRole("grid", { name: "Pictures" }).getByRole("gridcell");
  await expect(pictures).toHaveCount(2);
  await expect(pictures.getByRole("img", { name: "rated 4 of 5" })).toHaveCount(1);
  await shoot(page, "board-1440");
  await pictures.first().getByRole("checkbox").check();
  await shoot(page, "selected-1440");
  await page.setViewportSize(PHONE);
  await expect(page.getByLabel("Board", { exact: true }), "not folded away").toBeInViewport();
  await accessible(page, "a picture of a board at 390 px");
  await fits(page, "a board");
  await shoot(page, "selected-390");
  await page.getByRole("button", { name: "Take off" }).click();
  await expect(pictures).toHaveCount(1);
  await shoot(page, "taken-390");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(pictures).toHaveCount(2);
  await expect(pictures.first().getByRole("img", { name: "rated 4 of 5" }), "at its place").toBeVisible();
  await shoot(page, "board-390");

  await page.goto(session);
  await page.getByRole("button", { name: "Open on the phone" }).click();
  const phone = page.getByRole("dialog", { name: "Open on the phone" });
  await expect(phone).toContainText("vibes serve --host 0.0.0.0");
  await accessible(page, "a link for the phone at 390 px");
  await fits(page, "a link for the phone");
  await shoot(page, "phone-390");
  await page.setViewportSize(DESK);
  await shoot(page, "phone-1440");
});
