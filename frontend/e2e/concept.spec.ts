import type { Page } from "@playwright/test";

import type { Studio } from "./processes";
import { accessible, THEMES } from "./accessible";
import { expect, sessionOf, test } from "./studio";

const SHOTS = process.env["VIBES_SHOTS"];
const BRIEF = "a lighthouse on a cliff in the fog at dusk, oil painting, no people";

/** For people to look at, where a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  for (const theme of THEMES) {
    await page.evaluate((to) => (document.documentElement.dataset["theme"] = to), theme);
    await page.screenshot({ path: `${SHOTS}/concept-${name}-${theme}.png` });
  }
}

/** What a language model may say of the brief, and for a card. */
const APART = {
  ...{
    subject: "a lighthouse",
    setting: "on a cliff in the fog",
    style: "oil painting",
    mood: "",
    lighting: "at dusk",
  },
  ...{ camera: "", palette: "", keep_out: "people" },
};
const MOODS = ["like a held breath", "homesick", "before a storm breaks", "half asleep", "stubbornly gay", "forsaken"];

const card = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
const prompt = (page: Page) => page.getByRole("textbox", { name: "Prompt", exact: true });
const chips = (page: Page, name: string) => page.getByRole("group", { name: `Suggestions for ${name}` });
const drafts = (page: Page, status = "") => page.locator(`[data-generation]${status && `[data-status=${status}]`}`);

async function brief(page: Page, studio: Studio): Promise<void> {
  await page.goto(studio.url);
  await page.getByLabel("What do you want to see?").fill(BRIEF);
  await page.getByRole("button", { name: /^Concept Builder/ }).click();
  await page.getByRole("button", { name: "Take it apart" }).click();
  await expect(card(page, "Setting")).toHaveValue("on a cliff in the fog");
  await expect(prompt(page)).toHaveValue("a lighthouse, on a cliff in the fog, oil painting, at dusk");
}

async function tickTwo(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Suggest six for ${name}` }).click();
  await expect(chips(page, name).getByRole("checkbox")).toHaveCount(6);
  for (const place of [0, 1]) await chips(page, name).getByRole("checkbox").nth(place).check();
}

test("a brief becomes cards, chips a labelled grid, and a pick goes on into the ordinary stages", async ({
  page,
  context,
  studio,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await brief(page, studio);
  await expect(card(page, "Subject")).toHaveValue("a lighthouse");
  await expect(card(page, "Keep out")).toHaveValue("people");
  await expect(page.getByRole("button", { name: "Draw 20 drafts" })).toBeInViewport({ ratio: 1 });
  await expect(page.getByText("Taken apart by word lists: no LLM is configured")).toBeVisible();

  await page.getByRole("button", { name: "Suggest six for Lighting" }).click();
  await expect(chips(page, "Lighting").locator("[data-small=complete]")).toHaveCount(6);
  await expect(drafts(page), "small pictures are no drafts").toHaveCount(0);
  for (const place of [0, 1]) await chips(page, "Lighting").getByRole("checkbox").nth(place).check();
  await tickTwo(page, "Camera");
  const vary = page.locator("[data-vary]");
  await expect(vary).toContainText("Lighting ×2 · Camera ×2 = 4 drafts");
  await expect(vary).toContainText(/on \d GPUs?/);
  await accessible(page, "concept board");
  await vary.getByRole("button").click();
  await expect(drafts(page, "complete")).toHaveCount(4);
  await shoot(page, "board-1440");

  const { generations } = await studio.get<{ generations: { seed: number; varied: object; width: number }[] }>(
    `/api/sessions/${sessionOf(page)}`,
  );
  const varied = generations.filter((each) => Object.keys(each.varied).length === 2);
  expect(new Set(varied.map((each) => each.seed)).size, "one seed").toBe(1);

  const before = await prompt(page).inputValue();
  const tile = drafts(page).nth(1).locator("> button").first();
  const words = (await tile.getAttribute("aria-label"))!.split(", ");
  await tile.click();
  await expect(card(page, "Lighting"), "the pick's words are on the cards").toHaveValue(words[0]!);
  await expect(card(page, "Camera")).toHaveValue(words[1]!);
  await expect(prompt(page)).toHaveValue(new RegExp(words[0]!));
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(prompt(page)).toHaveValue(before);
  await expect(tile).toHaveAttribute("aria-pressed", "false");
  await tile.click();

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(card(other, "Lighting"), "in another window, too").toHaveValue(words[0]!);
  await other.close();
  await page.reload();
  await expect(card(page, "Lighting")).toHaveValue(words[0]!);
  await expect(chips(page, "Camera").getByRole("checkbox", { checked: true })).toHaveCount(2);
  await expect(page.getByRole("rowheader")).toHaveCount(2);

  const written = await prompt(page).inputValue();
  const bar = page.getByRole("region", { name: "What should change" });
  await page.getByLabel("What should change?").fill("watercolour instead of oil painting");
  await bar.getByRole("button", { name: "Suggest a prompt" }).click();
  await expect(bar.getByText("By rules", { exact: true })).toBeVisible();
  await expect(tile, "the pick is still seen").toBeInViewport();
  await expect(bar.getByRole("button", { name: "Use it" })).toBeInViewport();
  await shoot(page, "change-1440");
  await accessible(page, "what should change beside the cards");
  await bar.getByRole("button", { name: "Use it" }).click();
  const changed = written.replace("oil painting", "watercolour");
  await expect(prompt(page)).toHaveValue(changed);
  await expect(card(page, "Style"), "the cards follow").toHaveValue("watercolour");
  await expect(card(page, "Lighting")).toHaveValue(words[0]!);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(prompt(page)).toHaveValue(written);
  await expect(card(page, "Style"), "both go back as one step").toHaveValue("oil painting");
  const back = bar.getByRole("button", { name: "Back to the old prompt" });
  await expect(back, "it is the old prompt").toHaveCount(0);
  await page.getByRole("button", { name: "Redo", exact: true }).click();
  await expect(card(page, "Style")).toHaveValue("watercolour");
  await expect(back).toBeVisible();

  await page.getByRole("button", { name: /^Refine 1 picked/ }).click();
  await expect(page.locator("[data-generation][data-status=complete]")).toHaveCount(8);
  await page.getByRole("navigation", { name: "Stages" }).getByRole("button").first().click();
  await expect(card(page, "Subject"), "and back to the cards").toHaveValue("a lighthouse");
});

test("cards and prompt follow each other, by keyboard alone", async ({ page, studio }) => {
  await brief(page, studio);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.getByRole("button", { name: "Move Style" }).focus();
  await press("ArrowUp", "ArrowUp");
  await expect(prompt(page)).toHaveValue("oil painting, a lighthouse, on a cliff in the fog, at dusk");
  await page.getByRole("slider", { name: "Weight of Setting" }).focus();
  await press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
  await expect(prompt(page)).toHaveValue("oil painting, a lighthouse, (on a cliff in the fog:1.2), at dusk");
  await prompt(page).focus();
  await press("End");
  await page.keyboard.type(", muted colours");
  await expect(card(page, "Palette"), "written by hand").toHaveValue("muted colours");
  await expect(page.getByRole("slider", { name: "Weight of Setting" })).toHaveValue("1.2");
  await page.getByRole("button", { name: "Lock Style" }).focus();
  await press("Enter");
  await page.getByRole("button", { name: "Roll the dice" }).focus();
  await press("Enter");
  await expect(card(page, "Palette")).not.toHaveValue("muted colours");
  await expect(card(page, "Style"), "locked").toHaveValue("oil painting");
  await expect(card(page, "Subject"), "what the brief named is locked").toHaveValue("a lighthouse");
  await expect(card(page, "Keep out"), "and what it keeps out").toHaveValue("people");
  await expect(card(page, "Mood")).not.toHaveValue("");
  const thrown = await card(page, "Palette").inputValue();
  await press("z");
  await expect(card(page, "Palette")).toHaveValue("muted colours");
  await press("Shift+Z");
  await expect(card(page, "Palette"), "done again").toHaveValue(thrown);
  await page.reload();
  await expect(card(page, "Palette")).toHaveValue(thrown);
  await card(page, "Mood").focus();
  await press("Control+z");
  await expect(card(page, "Palette"), "taken back after a reload, in a text").toHaveValue("muted colours");
  await page.getByRole("button", { name: "Empty Palette" }).focus();
  await press("Enter");
  await expect(prompt(page)).toHaveValue("oil painting, a lighthouse, (on a cliff in the fog:1.2), at dusk");
  await page.getByRole("button", { name: "New brief" }).focus();
  await press("Enter");
  await expect(page.getByLabel("What do you want to see?")).toBeVisible();
  await press("z");
  await expect(card(page, "Style")).toHaveValue("oil painting");
});

test("a card is dragged to another place, and a picture without a model that sees is refused in words", async ({
  page,
  studio,
}) => {
  await brief(page, studio);
  const handle = (await page.getByRole("button", { name: "Move Lighting" }).boundingBox())!;
  const top = (await page.locator("[data-card=subject]").boundingBox())!;
  await page.mouse.move(handle.x + 10, handle.y + 10);
  await page.mouse.down();
  await page.mouse.move(top.x + 20, top.y + 40, { steps: 6 });
  await page.mouse.move(top.x + 20, top.y + 2, { steps: 3 });
  await page.mouse.up();
  await expect(prompt(page)).toHaveValue("at dusk, a lighthouse, on a cliff in the fog, oil painting");
  await page.getByRole("button", { name: "New brief" }).click();
  const { greyPng } = await import("./png");
  await page
    .getByLabel("Describe a picture")
    .setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: greyPng(96) });
  await expect(page.getByText(/say in words what you want to see/)).toBeVisible();
});

test.describe("with nodes of their own", () => {
  test.use({ apart: true, timeScale: 0.15 });

  test("with a language model from the brief to a kept style, although nodes die", async ({ page, studio }) => {
    const answers = [APART, { suggestions: MOODS }].map((each) => JSON.stringify(each));
    await studio.giveModels(answers, { engineer: "phi4:14b" });
    await brief(page, studio);
    await expect(page.getByText("by word lists")).toHaveCount(0);
    const queue = `${studio.url}/api/queue`;
    expect((await page.request.patch(queue, { data: { action: "pause" } })).ok()).toBe(true);
    await page.getByRole("button", { name: "Suggest six for Mood" }).click();
    await expect(chips(page, "Mood").getByRole("checkbox"), "words at once").toHaveCount(6);
    await expect(chips(page, "Mood"), "the model's").toContainText(MOODS[0]!);
    await expect(chips(page, "Mood")).toContainText("Small pictures wait: the queue is paused");
    await page.request.patch(queue, { data: { action: "resume" } });
    await expect(chips(page, "Mood").locator("[data-small]").first()).toBeVisible();
    await studio.killNode("gpu-quality");
    await expect(chips(page, "Mood").locator("[data-small=complete]"), "by the others").toHaveCount(6);
    await page.getByRole("button", { name: "Close the suggestions for Mood" }).click();
    await tickTwo(page, "Lighting");
    await tickTwo(page, "Camera");
    await page.locator("[data-vary]").getByRole("button").click();
    await expect(drafts(page)).toHaveCount(4);
    await studio.killNode("gpu-premium");
    await expect(drafts(page, "complete")).toHaveCount(4);
    await drafts(page).first().locator("> button").first().click();
    await page.getByRole("button", { name: "Keep…" }).click();
    const save = page.getByRole("dialog", { name: "Save as a style or character" });
    await save.getByLabel("Name").fill("Cliffs");
    await save.getByRole("button", { name: "Save", exact: true }).click();
    await expect(save).toBeHidden();
    const { styles } = await studio.get<{ styles: { name: string; text: string }[] }>("/api/styles");
    expect(styles).toEqual([
      expect.objectContaining({ name: "Cliffs", text: expect.stringContaining("oil painting") }),
    ]);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("cards, chips, grid and pick by touch", async ({ page, studio }) => {
    await page.goto(studio.url);
    await page.getByLabel("What do you want to see?").fill(BRIEF);
    await page.getByRole("button", { name: /^Concept Builder/ }).tap();
    await page.getByRole("button", { name: "Take it apart" }).tap();
    await expect(card(page, "Style")).toHaveValue("oil painting");
    await page.getByRole("button", { name: "Prompt and pictures" }).tap();
    await expect(page.getByRole("button", { name: "Draw 20 drafts" })).toBeInViewport({ ratio: 1 });
    await page.getByRole("button", { name: "Suggest six for Mood" }).tap();
    await chips(page, "Mood").getByRole("checkbox").first().tap();
    await chips(page, "Mood").getByRole("checkbox").nth(3).tap();
    await page.locator("[data-vary]").getByRole("button").tap();
    await expect(drafts(page, "complete")).toHaveCount(2);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, "no sideways scrolling of the page").toBeLessThanOrEqual(390);
    await accessible(page, "concept board on a phone");
    await drafts(page).first().locator("> button").first().tap();
    await expect(page.getByRole("button", { name: /^Refine 1 picked/ })).toBeVisible();
    await page.getByLabel("What should change?").fill("watercolour instead of oil painting");
    await page.getByRole("button", { name: "Suggest a prompt" }).tap();
    await expect(page.getByRole("button", { name: "Use it" })).toBeInViewport();
    await shoot(page, "change-390");
    await page.getByRole("button", { name: "Use it" }).tap();
    await expect(card(page, "Style"), "the cards follow").toHaveValue("watercolour");
    await shoot(page, "picked-390");
    await page.evaluate(() => scrollTo(0, 0));
    await shoot(page, "cards-390");
  });
});
