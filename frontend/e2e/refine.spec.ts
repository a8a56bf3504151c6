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

test("a model that hangs holds nobody up: it is called off, and going on works meanwhile", async ({ page, studio }) => {
  await studio.giveModels(["HANG"]);
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
  await page.getByRole("button", { name: "Refine 1 selected → 8" }).click();
  await allDrawn(page, 8);
});
