import type { Page } from "@playwright/test";

import type { Studio } from "./processes";
import { accessible, THEMES } from "./accessible";
import { allDrawn, expect, sessionOf, test, tiles } from "./studio";

const SHOTS = process.env["VIBES_SHOTS"];

/** For people to look at, where a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  for (const theme of THEMES) {
    await page.evaluate((to) => (document.documentElement.dataset["theme"] = to), theme);
    await page.screenshot({ path: `${SHOTS}/library-${name}-${theme}.png` });
  }
}

interface Drawn {
  prompt: string;
  varied: Record<string, string>;
  written: { prompt: string; styles: string[] } | null;
}

const drawnOf = async (studio: Studio, session: string): Promise<Drawn[]> =>
  (await studio.get<{ generations: Drawn[] }>(`/api/sessions/${session}`)).generations;

const prompt = (page: Page) => page.getByLabel("What do you want to see?");
const laidOver = (page: Page) => page.getByRole("list", { name: "Laid over the prompt" });

test("a style is saved, laid over a prompt with wildcards, and found in every picture", async ({ page, studio }) => {
  await page.goto(studio.url);
  await prompt(page).fill("film noir still of {prompt}");
  await page.getByRole("button", { name: "Save as style" }).click();
  const save = page.getByRole("dialog", { name: "Save as a style or character" });
  await save.getByLabel("Name").fill("Noir");
  await accessible(page, "saving a style");
  await shoot(page, "save-1440");
  await save.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Use it" }).click();
  await expect(laidOver(page)).toContainText("Noir");
  await page.reload();
  await expect(laidOver(page)).toContainText("Noir");

  await prompt(page).fill("a {fox|owl} on a roof");
  await page.getByRole("checkbox", { name: "Wildcards" }).check();
  await accessible(page, "styles on the prompt panel");
  await shoot(page, "panel-1440");
  await page.getByRole("button", { name: "Generate 20 drafts" }).click();
  await allDrawn(page, 20);
  const drawn = await drawnOf(studio, sessionOf(page));
  for (const { prompt: text, varied, written } of drawn) {
    expect(text).toBe(`film noir still of a ${varied["{fox|owl}"]} on a roof`);
    expect(written).toMatchObject({ prompt: "a {fox|owl} on a roof", styles: ["Noir"] });
  }
  expect(new Set(drawn.map((each) => each.prompt)).size).toBe(2);

  await tiles(page, "complete").first().locator("> button").dblclick();
  const about = page.locator("[data-written]");
  await expect(about).toContainText("a {fox|owl} on a roof");
  await expect(about).toContainText("Noir");
  await accessible(page, "what was written, in the viewer");
  await shoot(page, "viewer-1440");
  await page.getByRole("button", { name: "Save as style or character" }).click();
  await save.getByLabel("Name").fill("noir");
  await save.getByRole("button", { name: "Save", exact: true }).click();
  await expect(save, "names are told apart in any case").toContainText("there is a style 'Noir' already");
  await save.getByRole("radio", { name: /Character/ }).check();
  await save.getByLabel("Name").fill("The fox");
  await save.getByRole("button", { name: "Save", exact: true }).click();
  await expect(save).toBeHidden();
});

test("by the keyboard and on a phone: words are completed, and an earlier prompt comes back", async ({
  page,
  studio,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(studio.url);
  await prompt(page).fill("a lighthouse, wat");
  await prompt(page).press("End");
  await prompt(page).pressSequentially("erc");
  const options = page.getByRole("option");
  await expect(options.filter({ hasText: "watercolor" })).toBeVisible();
  await accessible(page, "completions at 390 px");
  await shoot(page, "complete-390");
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(prompt(page)).toHaveValue("a lighthouse, watercolor");
  await expect(options).toHaveCount(0);
  await prompt(page).pressSequentially(", golden ho");
  await options.filter({ hasText: "golden hour" }).click();
  await expect(prompt(page)).toHaveValue("a lighthouse, watercolor, golden hour");
  await expect(prompt(page)).toBeFocused();
  await prompt(page).pressSequentially(", misty");
  await page.keyboard.press("Control+Enter");
  await expect(tiles(page)).toHaveCount(20);

  await page.goto(`${studio.url}#/studio`);
  await page.reload();
  await prompt(page).fill("something else");
  await page.getByRole("button", { name: "Earlier prompts" }).click();
  const history = page.getByRole("dialog", { name: "Earlier prompts" });
  await history.getByLabel("Search earlier prompts").fill("MISTY");
  await expect(history.getByRole("listitem")).toHaveCount(1);
  await accessible(page, "earlier prompts at 390 px");
  await shoot(page, "history-390");
  await history.getByRole("button", { name: /a lighthouse/ }).click();
  await expect(prompt(page)).toHaveValue("a lighthouse, watercolor, golden hour, misty");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(prompt(page)).toHaveValue("something else");

  await studio.post("/api/styles", { name: "Ink", text: "ink drawing" });
  await page.getByRole("button", { name: "Styles" }).click();
  const styles = page.getByRole("dialog", { name: "Styles and characters" });
  await styles.getByRole("checkbox", { name: /Ink/ }).focus();
  await page.keyboard.press("Space");
  await shoot(page, "styles-390");
  await accessible(page, "styles at 390 px");
  await styles.getByRole("button", { name: "Delete Ink" }).click();
  await expect(styles).toContainText("None yet");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Settings" }).click();
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByLabel("Search LoRAs").fill("inksketch"); // named so in the file alone
  await settings.getByRole("button", { name: /ink_sketch_v3/ }).click();
  const chip = settings.getByRole("button", { name: /^inksketch/ });
  await chip.click();
  await expect(chip).toHaveAttribute("aria-pressed", "true");
  await accessible(page, "a LoRA's card at 390 px");
  await shoot(page, "lora-390");
  const notice = page.getByRole("listitem").filter({ hasText: "“inksketch” is in the prompt" });
  // a notice stays for four seconds, and a slow machine may take longer to click it: then the word is put in once more
  await expect(async () => {
    if ((await chip.getAttribute("aria-pressed")) === "true") await chip.click();
    await chip.click();
    await notice.getByRole("button", { name: "Undo" }).click({ timeout: 5_000 });
  }).toPass();
  await expect(chip, "a notice's button leaves the drawer open").toHaveAttribute("aria-pressed", "false");
  await expect(prompt(page)).toHaveValue("something else");
});
