import { agrees, allDrawn, draft, expect, pick, SENTENCE, test, tiles } from "./studio";

test.describe("with cards that take their time, and with all that moves", () => {
  test.use({ timeScale: 0.15, contextOptions: { reducedMotion: "no-preference" } });

  test("a newcomer gets from a sentence to a final picture by mouse alone", async ({ page, studio }) => {
    await draft(page, studio);
    await expect(page.getByText("Simulated GPUs")).toBeVisible();
    await expect(page.locator("[data-preview]:visible").first()).toBeVisible();
    await pick(page, 0); // while the others are still being drawn
    await allDrawn(page, 20);
    for (const index of [3, 5, 8, 12]) await pick(page, index);
    await tiles(page).nth(1).hover();
    await tiles(page).nth(1).getByRole("button", { name: "Reject" }).click();
    await expect(page.locator("[data-estimate]")).toContainText(/8 pictures · .*\d.* s · .*RTX/);

    await page.getByRole("button", { name: "Refine 5 selected → 8" }).click();
    await allDrawn(page, 8);
    for (const index of [0, 2]) await pick(page, index);
    await page.getByRole("button", { name: "Polish 2 selected → 3" }).click();
    await allDrawn(page, 3);
    await pick(page, 1);
    await page.getByRole("button", { name: "Finish 1 selected → 1" }).click();
    await allDrawn(page, 1);
    await agrees(page, studio);

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toMatch(/^vibes-\d+\.png$/);
    await page.getByRole("button", { name: "Upscale ×4" }).click();
    await allDrawn(page, 2);
    await expect(page.getByText("2048×2048 · your final picture")).toBeVisible();

    await tiles(page).first().hover();
    await tiles(page).first().getByRole("button", { name: "full-screen" }).click();
    await expect(page.getByRole("button", { name: /^Step \d of 5$/ })).toHaveCount(5);
  });
});

test("the whole funnel without a mouse", async ({ page, studio }) => {
  await page.goto(studio.url);
  await page.getByLabel("What do you want to see?").focus();
  await page.keyboard.type(SENTENCE);
  await page.keyboard.press("Control+Enter");
  await allDrawn(page, 20);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await page.keyboard.press("z");
  await expect(page.locator("[data-mark=rejected]")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-viewer]")).toBeVisible();
  await page.keyboard.press("Space"); // keep, and on to the next
  await page.keyboard.press("x"); // kill
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-mark=selected]")).toHaveCount(2);
  await expect(page.locator("[data-mark=rejected]")).toHaveCount(1);
  await page.keyboard.press("c");
  await expect(page.locator("[data-compare]")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Escape");
  for (const [count, picks] of [
    [8, 2],
    [3, 1],
    [1, 0],
  ] as const) {
    await page.keyboard.press("g");
    await allDrawn(page, count);
    for (let each = 0; each < picks; each++) {
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Space");
    }
  }
  await page.keyboard.press("1");
  await allDrawn(page, 20);
  await expect(page.locator("[data-mark=selected]"), "nothing is lost by going back").toHaveCount(2);
  await page.keyboard.press("4");
  await allDrawn(page, 1);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

test("back to the drafts with another prompt: a branch, and the first one is still there", async ({ page, studio }) => {
  await draft(page, studio);
  await allDrawn(page, 20);
  await pick(page, 0);
  await page.getByRole("button", { name: "Refine 1 selected → 8" }).click();
  await allDrawn(page, 8);
  await page
    .getByRole("navigation", { name: "Stages" })
    .getByRole("button", { name: /Drafts/ })
    .click();
  await page.getByLabel("What do you want to see?").fill("a harbour in fog");
  await page.getByRole("button", { name: "Draw 20 more drafts" }).click();
  await allDrawn(page, 40);
  await pick(page, 0);
  await page.getByRole("button", { name: "Refine 2 selected → 8" }).click();
  await allDrawn(page, 16);
});

test("hostile text in every field is shown as text", async ({ page, studio }) => {
  const hostile = `<img src=x onerror="window.broken=1"> \u202E\u05E9\u05DC\u05D5\u05DD 🦊 ${"long ".repeat(20_000)}`;
  await page.goto(studio.url);
  await page.getByLabel("What do you want to see?").fill(hostile);
  await page.getByText("What to keep out").click();
  await page.getByLabel("Negative prompt").fill(hostile.slice(0, 5000));
  await page.getByRole("button", { name: "Generate 20 drafts" }).click();
  await allDrawn(page, 20);
  await tiles(page).first().hover();
  await tiles(page).first().getByRole("button", { name: "full-screen" }).click();
  await expect(page.locator("[data-viewer]")).toContainText("<img src=x onerror=");
  await page.keyboard.press("Escape");
  for (const name of ["Gallery", "Sessions", "Fleet"]) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
      `${name} is not stretched`,
    ).toBe(true);
  }
  expect(await page.evaluate(() => "broken" in window)).toBe(false);
});
