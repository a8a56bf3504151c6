import { accessible, THEMES } from "./accessible";
import { allDrawn, draft, expect, pick, sessionOf, test, tiles } from "./studio";

test("nothing serious for axe on any page, dark and light", async ({ page, studio }) => {
  await page.goto(studio.url);
  for (const [theme, other] of [THEMES, [...THEMES].reverse()]) {
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme!);
    await page.getByRole("button", { name: `${other === "light" ? "Light" : "Dark"} colours` }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", other!);
  }
  await accessible(page, "start");
  await draft(page, studio);
  await allDrawn(page, 20);
  await pick(page, 0);
  await expect(page.locator("[data-estimate]")).toBeVisible();
  await accessible(page, "drafts");
  await tiles(page).first().hover();
  await tiles(page).first().getByRole("button", { name: "full-screen" }).click();
  await accessible(page, "viewer");
  await page.getByRole("button", { name: "Details" }).click(); // away with them: the picture takes their place
  const reject = await page.locator("[data-viewer]").getByRole("button", { name: "Reject" }).boundingBox();
  expect(reject?.height, "beneath the picture, not beside it").toBeLessThan(80);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Settings" }).click();
  await expect(page.getByLabel("Model family")).toBeVisible();
  await accessible(page, "settings");
  await page.keyboard.press("Escape");
  for (const name of ["Gallery", "Sessions", "Fleet"]) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await accessible(page, name);
    if (name !== "Gallery") continue;
    const picture = page.getByRole("gridcell").first().getByRole("img");
    await expect(picture, "whole, whatever its shape").toHaveCSS("object-fit", "contain");
  }
});

test.describe("on a system that is set to light colours", () => {
  test.use({ colorScheme: "light" });

  test("the studio is light until somebody says otherwise, and then as was said", async ({ page, studio }) => {
    await page.goto(studio.url);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.getByRole("button", { name: "Light colours" }).click();
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the funnel works by touch and nothing is wider than the screen", async ({ page, studio }) => {
    await page.goto(studio.url);
    await page.getByLabel("What do you want to see?").fill("a lighthouse");
    await page.getByRole("button", { name: "Generate 20 drafts" }).tap();
    await allDrawn(page, 20);
    // not against the window, which a phone makes as wide as the page
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= screen.width);
    expect(await fits()).toBe(true);
    const long = { prompt: `a lighthouse ${"of many words ".repeat(40)}`, model_family: "sd15", count: 1 };
    await studio.post("/api/generate/batch", { ...long, stage: 0, session_id: sessionOf(page) });
    await expect(page.getByText(/of many words of many words/).first()).toBeVisible();
    expect(await fits(), "with the prompts of two batches").toBe(true);
    await allDrawn(page, 21);
    const prompt = page.getByLabel("What do you want to see?");
    await expect(prompt, "makes room for the pictures").toBeHidden();
    await page.getByRole("button", { name: "Prompt and settings" }).tap();
    await expect(prompt).toHaveValue("a lighthouse");
    await page.getByRole("button", { name: "Prompt and settings" }).tap();
    await tiles(page).nth(2).locator("> button").tap();
    await tiles(page).nth(3).getByRole("button", { name: "Reject" }).tap();
    await tiles(page).nth(4).getByRole("button", { name: "full-screen" }).tap();
    await page.getByRole("button", { name: "✓ Pick" }).tap();
    await page.getByRole("button", { name: "Close" }).tap();
    await expect(page.locator("[data-mark=selected]")).toHaveCount(2);
    await page.getByRole("button", { name: "Refine 2 selected → 8" }).tap();
    await allDrawn(page, 8);
    for (const name of ["Gallery", "Sessions", "Fleet"]) {
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).tap();
      await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
      expect(await fits(), `${name} fits`).toBe(true);
    }
    await accessible(page, "phone");
  });
});
