/** The Explorer by mouse, keyboard and touch, on a phone, after a reload, and while a node dies. */
import { readFileSync } from "node:fs";

import type { Page } from "@playwright/test";

import { accessible, THEMES } from "./accessible";
import { expect, test } from "./studio";
import { pinchOpen, touches } from "./touch";

const SHOTS = process.env["VIBES_SHOTS"];

/** For people to look at, where a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  for (const theme of THEMES) {
    await page.evaluate((to) => (document.documentElement.dataset["theme"] = to), theme);
    await page.screenshot({ path: `${SHOTS}/${name}-${theme}.png` });
  }
}

const place = (page: Page, key: string) => page.locator(`[data-place="${key}"]`);
const centre = (page: Page) => page.locator("[data-place][aria-current=location]");
const centreId = async (page: Page) => (await centre(page).getAttribute("data-place")) ?? "";
const around = (page: Page, id: string, status = "") =>
  page.locator(`[data-generation]${status && `[data-status=${status}]`}:has(> [data-place^="${id}:"])`);

/** What a language model may understand. */
const NOTHING_SAID = { keep: [], remove: [], add: [], modify: [], emphasis_up: [], emphasis_down: [], question: "" };

/** A first picture out of words, and its eight neighbours. */
async function begin(page: Page, url: string): Promise<string> {
  await page.goto(url);
  await page.getByLabel("What do you want to see?").fill("a lighthouse at dusk, oil painting");
  await page.getByRole("button", { name: /^Explorer/ }).click();
  await page.getByRole("button", { name: "Draw the first picture" }).click();
  await expect(centre(page)).toBeVisible();
  const id = await centreId(page);
  await expect(around(page, id, "complete")).toHaveCount(8);
  return id;
}

test("a newcomer wanders by mouse, goes back, and picks what goes on into the ordinary stages", async ({
  page,
  studio,
}) => {
  const first = await begin(page, studio.url);
  await expect(page.locator("[data-ahead]")).toContainText(/Drawn ahead: \d+ of 24/);
  await accessible(page, "map");
  await shoot(page, "map-1440");

  const words = await around(page, first).first().locator("span.line-clamp-2").innerText();
  await place(page, `${first}:0`).click();
  await expect(centre(page)).not.toHaveAttribute("data-place", first);
  const second = await centreId(page);
  await expect(around(page, second, "complete")).toHaveCount(8);
  await expect(
    page.getByRole("navigation", { name: "Trail" }).getByRole("button", { name: /^Step 2/ }),
  ).toHaveAttribute("aria-label", `Step 2: ${words}`);
  await page.getByText("Seed", { exact: true }).click();
  await expect(around(page, second, "complete")).toHaveCount(8);
  await expect(around(page, second).first()).toContainText(/seed \d+/);
  await shoot(page, "trail-1440");

  await expect(page.getByRole("radio", { name: "Seed" })).toBeChecked();
  await page.getByRole("button", { name: "‹ Back" }).click();
  await expect(centre(page)).toHaveAttribute("data-place", first);
  await page.reload();
  await expect(centre(page)).toHaveAttribute("data-place", first);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(centre(page)).toHaveAttribute("data-place", second);

  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(centre(other)).toHaveAttribute("data-place", second);
  await other.getByRole("button", { name: "Pick", exact: true }).click();
  await expect(page.getByRole("button", { name: "✓ Picked" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(other.getByRole("button", { name: "Pick", exact: true })).toBeVisible();
  await other.close();

  await changesTheMiddle(page, "more fog", "By rules");
  const third = await centreId(page);
  await expect(around(page, third, "complete")).toHaveCount(8);

  await page.getByRole("button", { name: "Pick", exact: true }).click();
  await page.getByRole("button", { name: /^Refine 1 picked/ }).click();
  await expect(page.getByRole("navigation", { name: "Stages" })).toBeVisible();
  await page.getByRole("button", { name: /^Explorer/ }).click();
  await expect(centre(page)).toHaveAttribute("data-place", third);
});

/** Requests to these addresses get their answers when what is returned is called. */
async function holdBack(page: Page, addresses: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((go) => (release = go));
  await page.route(addresses, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Says what should change, takes what is suggested, and has the picture in the middle drawn so. */
async function changesTheMiddle(page: Page, feedback: string, by: string): Promise<void> {
  const before = await centreId(page);
  await page.getByRole("button", { name: "What should change?" }).click();
  const bar = page.getByRole("region", { name: "What should change" });
  await bar.getByLabel("What should change?").fill(feedback);
  await bar.getByLabel("What should change?").press("Enter");
  await expect(bar.getByText(by, { exact: true })).toBeVisible();
  await bar.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("button", { name: "Draw the middle with the new words" }).click();
  await expect(centre(page)).not.toHaveAttribute("data-place", before);
  await expect(centre(page)).toHaveAttribute("aria-label", /fog/);
}

test("two things that differ make a grid, which is a sheet and is drawn again; two pictures have five between them", async ({
  page,
  studio,
}) => {
  await begin(page, studio.url);
  await page.getByRole("button", { name: "Grid of it" }).click();
  await page.getByLabel("Across: values").fill("10..18:4");
  await page.getByLabel("Down: values").fill("4, seven");
  await expect(page.getByText("seven is no number")).toBeVisible();
  await page.getByLabel("Down: values").fill("4, 7");
  await page.getByRole("button", { name: "One axis alone" }).click();
  await expect(page.getByLabel("Down: values")).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel("Down: values"), "what was written is there again").toHaveValue("4, 7");
  await expect(page.locator("[data-estimate]")).toContainText("6 pictures");
  await accessible(page, "axes form");
  await page.getByRole("button", { name: "Draw 6 pictures" }).click();
  const cells = page.locator("[data-axes] [data-generation]");
  await expect(page.locator("[data-axes] [data-status=complete]")).toHaveCount(6);
  await page.getByRole("button", { name: "Zoom all cells in" }).click();
  const crops = () =>
    page
      .locator("[data-axes] [data-cell] > span")
      .evaluateAll((all) => all.map((each) => getComputedStyle(each).transform));
  await expect.poll(async () => [...new Set(await crops())]).toEqual(["matrix(1.5, 0, 0, 1.5, 0, 0)"]);
  await page.getByRole("button", { name: "Zoom all cells out" }).click();
  await accessible(page, "grid");
  await shoot(page, "axes-1440");

  await cells.first().locator("[data-cell]").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press(" ");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press(" ");
  await expect(page.locator("[data-axes] [data-mark=selected]")).toHaveCount(2);
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-viewer]")).toBeVisible();
  await page.keyboard.press("Escape");

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Sheet as JSON" }).click();
  const path = await (await download).path();
  const picture = page.waitForEvent("download");
  await page.getByRole("button", { name: "Sheet as PNG" }).click();
  expect((await picture).suggestedFilename()).toMatch(/^sheet-.*\.png$/);
  await page.getByLabel("Draw a sheet again").setInputFiles({
    name: "sheet.json",
    mimeType: "application/json",
    buffer: readFileSync(path),
  });
  await expect(page.locator("[data-estimate]").first()).toContainText("6 pictures");
  const before = await cells.first().getAttribute("data-generation");
  await page.getByRole("button", { name: "Draw it again" }).click();
  await expect(cells.first()).not.toHaveAttribute("data-generation", before ?? "");
  await expect(page.locator("[data-axes] [data-status=complete]")).toHaveCount(6);

  await page.reload();
  await expect(page.locator("[data-axes] [data-status=complete]")).toHaveCount(6);
  await page.getByRole("button", { name: "Between", exact: true }).last().click();
  await page.getByRole("button", { name: "Draw 5 steps between" }).click();
  const strip = page.getByRole("list", { name: "From one to the other" });
  await expect(strip.locator("[data-status=complete]")).toHaveCount(7);
  await expect(strip).toContainText("50 % of the way");
  await accessible(page, "between");
  await shoot(page, "between-1440");
  await page.keyboard.press("z");
  await expect(strip).toBeHidden();
});

test("the map goes by the keyboard alone: to a neighbour, on, back, and a pick is taken back", async ({
  page,
  studio,
}) => {
  const first = await begin(page, studio.url);
  await centre(page).focus();
  await page.keyboard.press("ArrowRight");
  await expect(place(page, `${first}:4`)).toBeFocused();
  await page.keyboard.press(" ");
  await expect(page.locator("[data-map] [data-mark=selected]")).toHaveCount(1);
  await page.keyboard.press("z");
  await expect(page.locator("[data-map] [data-mark=selected]")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(centre(page)).not.toHaveAttribute("data-place", first);
  await expect(centre(page)).toBeFocused();
  await page.keyboard.press("Backspace");
  await expect(centre(page)).toHaveAttribute("data-place", first);
  await page.getByRole("button", { name: "As a list" }).press("Enter");
  await expect(page.getByRole("list", { name: "Neighbours" }).getByRole("listitem")).toHaveCount(8);
  await accessible(page, "list of neighbours");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a tap goes to a neighbour, a finger moves the map, and nothing is wider than the screen", async ({
    page,
    studio,
  }) => {
    const first = await begin(page, studio.url);
    expect((await page.locator("[data-map]").boundingBox())!.y, "what is above it takes little").toBeLessThan(260);
    const client = await page.context().newCDPSession(page);
    const middleOf = async (selector: string) => {
      const { x, y, width, height } = (await page.locator(selector).first().boundingBox())!;
      return [x + width / 2, y + height / 2, width] as const;
    };
    const [x, y, width] = await middleOf("[data-place][aria-current=location]");
    await pinchOpen(client, x, y);
    const [, , wider] = await middleOf("[data-place][aria-current=location]");
    expect(wider, "two fingers zoom").toBeGreaterThan(1.5 * width);
    await expect(centre(page), "and go nowhere").toHaveAttribute("data-place", first);
    await touches(client, "touchStart", [x, y]);
    for (let step = 1; step < 6; step++) await touches(client, "touchMove", [x, y + step * 12]);
    await touches(client, "touchEnd");
    expect((await middleOf("[data-place][aria-current=location]"))[1], "one moves").toBeGreaterThan(y + 30);
    await page.getByRole("button", { name: "Smaller" }).tap();
    await page.getByRole("button", { name: "Back to the middle" }).tap();
    for (const slot of [0, 2, 5, 7])
      await expect(place(page, `${first}:${slot}`), "all neighbours are in sight").toBeInViewport({ ratio: 0.99 });
    await shoot(page, "map-390");
    await page.getByRole("button", { name: "As a list" }).tap();
    const goThere = page.getByRole("list", { name: "Neighbours" }).getByText("Go there").first();
    expect((await goThere.boundingBox())!.height, "in one line").toBeLessThan(45);
    await page.getByRole("button", { name: "As a map" }).tap();
    await accessible(page, "map on a phone");
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await wide()).toBe(0);
    await place(page, `${first}:1`).tap();
    await expect(centre(page)).not.toHaveAttribute("data-place", first);
    const second = await centreId(page);
    await page.reload();
    await expect(centre(page), "a reload stays there").toHaveAttribute("data-place", second);
    await expect(around(page, second, "complete")).toHaveCount(8);
    await page.getByRole("button", { name: "‹ Back" }).tap();
    await expect(centre(page)).toHaveAttribute("data-place", first);
    await page.getByRole("button", { name: "Axes", exact: true }).tap();
    await expect(page.getByLabel("Across: values")).toBeVisible();
    expect(await wide()).toBe(0);
    await page.getByRole("button", { name: "Across: take 10, 20, 30" }).tap();
    await page.getByLabel("Down: what differs").selectOption("wording");
    await page.getByLabel("Down: values").fill(`at night | ${"a very long description of the sky ".repeat(6)}`);
    await shoot(page, "axes-390");
    await page.getByRole("button", { name: "Draw 6 pictures" }).tap();
    await expect(page.locator("[data-axes] [data-status=complete]")).toHaveCount(6);
    await page.locator("[data-axes]").scrollIntoViewIfNeeded();
    const cell = await middleOf("[data-axes] [data-cell]");
    await pinchOpen(client, cell[0], cell[1]);
    await expect(page.getByText(/· all at \d+ %/), "two fingers zoom all cells").toBeVisible();
    await expect(page.locator("[data-viewer]")).toBeHidden();
    await accessible(page, "grid on a phone");
    await shoot(page, "grid-390");
    expect(await wide()).toBe(0);
  });
});

test.describe("with nodes that die, on a phone", () => {
  test.use({ apart: true, nodes: 2, timeScale: 0.15, viewport: { width: 390, height: 844 }, hasTouch: true });

  test("all neighbours are drawn all the same, and without any node it says what they wait for", async ({
    page,
    studio,
  }) => {
    const first = await begin(page, studio.url);
    await place(page, `${first}:0`).click();
    await expect(centre(page)).not.toHaveAttribute("data-place", first);
    const second = await centreId(page);
    await expect(around(page, second)).toHaveCount(8);
    await studio.killNode("gpu-premium");
    await expect(page.getByRole("navigation", { name: "GPU status" }).getByText("offline")).toHaveCount(1);
    await expect(around(page, second, "complete")).toHaveCount(8);
    await studio.giveModels([JSON.stringify({ ...NOTHING_SAID, add: ["fog"] })], { interpreter: "hermes3:8b" });
    await changesTheMiddle(page, "I miss the fog of my home", "By a language model");
    await page.getByRole("button", { name: "Stop", exact: true }).tap(); // nothing more is drawn ahead
    await studio.killNode("gpu-quality");
    await expect(page.getByRole("navigation", { name: "GPU status" }).getByText("offline")).toHaveCount(2);
    await page.getByText("Seed", { exact: true }).tap();
    await expect(page.getByText(/^Waits: /), "words, not colours alone").toBeVisible();
    await shoot(page, "no-node-390");
    const answerEstimates = await holdBack(page, "**/variations/estimate");
    await page.getByRole("button", { name: "Axes", exact: true }).tap();
    await page.getByRole("button", { name: /^Draw \d+ pictures/ }).tap();
    await expect(page.locator("[data-asked]")).toContainText(/0 of 9 drawn.*Waits: /);
    const stop = page.locator("[data-asked]").getByRole("button", { name: "Stop" });
    await stop.scrollIntoViewIfNeeded();
    const there = await stop.boundingBox();
    answerEstimates();
    await expect(page.getByText("Asking the GPUs…")).toBeHidden();
    expect(await stop.boundingBox(), "what comes late moves no button from under a finger").toEqual(there);
    await stop.tap();
    await expect(page.getByText("9 of 9 pictures stopped.")).toBeVisible();
  });
});
