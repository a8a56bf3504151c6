import type { Page } from "@playwright/test";

import { accessible, THEMES } from "./accessible";
import { allDrawn, draft, expect, pick, sessionOf, SENTENCE, test } from "./studio";

const SHOTS = process.env["VIBES_SHOTS"];

/** For people to look at, where a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  for (const theme of THEMES) {
    await page.evaluate((to) => (document.documentElement.dataset["theme"] = to), theme);
    await page.screenshot({ path: `${SHOTS}/${name}-${theme}.png` });
  }
}

const bar = (page: Page) => page.getByRole("region", { name: "What should change" });
const field = (page: Page) => page.getByLabel("What should change?");
const chips = (page: Page) => page.getByRole("list", { name: "What changes" });
const prompt = (page: Page) => page.getByLabel("What do you want to see?");

test("by mouse, without a language model: said, seen, partly switched off, used, drawn, and taken back", async ({
  page,
  studio,
}) => {
  await draft(page, studio);
  await allDrawn(page, 20);
  await pick(page, 0);
  await field(page).fill("no lighthouse, more dusk, add a boat");
  await bar(page).getByRole("button", { name: "Suggest a prompt" }).click();
  await expect(bar(page).getByText("By rules", { exact: true })).toBeVisible();
  await expect(bar(page).getByText("No LLM is configured")).toBeVisible();
  await expect(bar(page).locator("del")).toContainText(["lighthouse"]);
  await shoot(page, "refine-1440");
  await accessible(page, "a suggested prompt");
  await chips(page).getByRole("button", { name: "Remove lighthouse" }).click();
  await expect(bar(page).locator("del").filter({ hasText: "lighthouse" })).toHaveCount(0);
  await bar(page).getByRole("button", { name: "Use it" }).click();
  await expect(prompt(page)).toHaveValue(/^a lighthouse .*boat/);
  const used = await prompt(page).inputValue();

  await page.getByRole("button", { name: "Refine 1 selected → 8" }).click();
  await allDrawn(page, 8);
  const { generations } = await studio.get<{ generations: { stage: number; prompt: string }[] }>(
    `/api/sessions/${sessionOf(page)}`,
  );
  expect(new Set(generations.filter((each) => each.stage === 1).map((each) => each.prompt))).toEqual(new Set([used]));

  await pick(page, 0);
  await bar(page).getByRole("button", { name: "Back to the old prompt" }).click();
  await expect(prompt(page)).toHaveValue(SENTENCE);
  await expect(field(page)).toHaveValue("no lighthouse, more dusk, add a boat");
});

test.describe("with language models of its own", () => {
  test.use({ alone: true });

  test("by keyboard, with a model: heard while it is thought of, edited, kept over a reload, used, and told of the picture", async ({
    page,
    studio,
  }) => {
    const said = {
      keep: [],
      remove: [],
      add: ["boat"],
      modify: [],
      emphasis_up: ["dusk"],
      emphasis_down: [],
      question: "",
    };
    await studio.giveModels([JSON.stringify(said)], { interpreter: "hermes3:8b" });
    await draft(page, studio);
    await allDrawn(page, 20);
    await pick(page, 0);
    await field(page).focus();
    await page.keyboard.type("a boat would be nice, and more of the dusk");
    await page.keyboard.press("Enter");
    await expect(bar(page).getByText("By a language model", { exact: true })).toBeVisible();
    await page.reload();
    await expect(bar(page).getByText("By a language model", { exact: true })).toBeVisible();
    await expect(field(page)).toHaveValue("a boat would be nice, and more of the dusk");
    await chips(page).getByRole("button", { name: "More dusk" }).focus();
    await page.keyboard.press("Space");
    await expect(chips(page).getByRole("button", { name: "More dusk", pressed: false })).toBeVisible();
    await expect(bar(page).getByRole("button", { name: "Use it" }), "the prompt without it is there").toBeEnabled();
    await bar(page).getByRole("button", { name: "Edit: Prompt" }).press("Enter");
    await page.keyboard.press("End");
    await page.keyboard.type(" with a red sail");
    await bar(page).getByRole("button", { name: "Use it" }).press("Enter");
    await expect(bar(page).getByRole("button", { name: "Back to the old prompt" })).toBeFocused();
    await expect(prompt(page)).toHaveValue(/boat with a red sail$/);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("g");
    await allDrawn(page, 8);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const wording = page.getByRole("region", { name: "Wording" });
    await expect(wording).toContainText("a boat would be nice, and more of the dusk");
    await expect(wording).toContainText("by hermes3:8b, changed by hand");
    await shoot(page, "refine-lineage-1440");
    await page.keyboard.press("Escape");
  });

  test("a model that hangs or dies holds nobody up: it is called off, the rules answer, and going on works meanwhile", async ({
    page,
    studio,
  }) => {
    await studio.giveModels(["HANG", "CUT"], { interpreter: "hermes3:8b" });
    await draft(page, studio);
    await allDrawn(page, 20);
    await pick(page, 0);
    await field(page).fill("more fog");
    await field(page).press("Enter");
    await expect(bar(page).getByText("Understanding what you said …")).toBeVisible();
    await expect(page.getByRole("button", { name: "Refine 1 selected → 8" })).toBeEnabled();
    await accessible(page, "a model thinks");
    await bar(page).getByRole("button", { name: "Cancel" }).click();
    await expect(bar(page).getByText("Understanding what you said …")).toBeHidden();
    await expect(field(page)).toBeFocused();
    await expect(field(page)).toHaveValue("more fog");
    await field(page).press("Enter");
    await expect(bar(page).getByText("By rules", { exact: true }), "the model died while it answered").toBeVisible();
    await expect(chips(page).getByRole("button", { name: "Add fog" })).toBeVisible();
    await page.getByRole("button", { name: "Refine 1 selected → 8" }).click();
    await allDrawn(page, 8);
  });

  test("the models' page says what is missing with the command that brings it, and so does the doctor", async ({
    page,
    studio,
  }) => {
    await page.goto(`${studio.url}/#/fleet`);
    await page.getByRole("link", { name: "Language models" }).click();
    await expect(page.getByRole("heading", { name: "Language models" })).toBeVisible();
    await expect(page.getByText("No model is configured: it works by rules.")).toHaveCount(3);
    await expect(page.getByLabel("An llm.yaml")).toBeVisible();
    await accessible(page, "no language model");
    await studio.giveModels([JSON.stringify({ colour: "red", words: [] })], {
      interpreter: "hermes3:8b",
      engineer: "gone:1b",
    });
    await page.getByRole("button", { name: "Test: Understands" }).click();
    await expect(page.getByText(/^Works: answered in \d/)).toBeVisible();
    await page.getByRole("button", { name: "Test: Writes" }).click();
    await expect(page.getByRole("button", { name: "Copy: ollama pull gone:1b" })).toBeVisible();
    await shoot(page, "llm-1440");
    await accessible(page, "language models");
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot(page, "llm-390");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.goto(`${studio.url}/#/fleet`);
    await page.getByRole("button", { name: "Find machines" }).click();
    await expect(page.getByRole("textbox", { name: "Ports" })).toHaveValue("8188, 8189, 8000");
    await accessible(page, "finding machines at 390 px");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Doctor" }).click();
    const better = page.getByRole("region", { name: /^Could be better/ });
    await expect(better).toContainText("ollama pull gone:1b");
    await accessible(page, "the doctor's page at 390 px");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("by touch: said, switched, used, listed, taken out of the list; nothing is wider than the screen", async ({
    page,
    studio,
  }) => {
    await page.goto(studio.url);
    await prompt(page).fill(SENTENCE);
    await page.getByRole("button", { name: "Generate 20 drafts" }).tap();
    await allDrawn(page, 20);
    await page.locator("[data-generation] > button").first().tap();
    await field(page).fill("no lighthouse, add a boat, wärmer");
    await bar(page).getByRole("button", { name: "Suggest a prompt" }).tap();
    await expect(bar(page).getByRole("button", { name: "Use it" })).toBeInViewport();
    await shoot(page, "refine-390");
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= screen.width);
    expect(await fits()).toBe(true);
    await accessible(page, "a suggested prompt on a phone");
    await chips(page).getByRole("button", { name: "Remove lighthouse" }).tap();
    await bar(page).getByRole("button", { name: "Use it" }).tap();
    await bar(page).getByRole("button", { name: "Asked so far" }).tap();
    const list = page.getByRole("list", { name: "Wishes, oldest first" });
    await expect(list.getByRole("listitem").first()).toContainText("no lighthouse, add a boat, wärmer");
    await shoot(page, "intent-390");
    await accessible(page, "what was asked so far");
    await page.getByRole("button", { name: "Take out: Add boat" }).tap();
    await expect(page.getByRole("button", { name: "Take out: Add boat" })).toHaveCount(0);
    await page.getByRole("button", { name: "Undo" }).tap();
    await expect(page.getByRole("button", { name: "Take out: Add boat" })).toBeVisible();
  });
});
