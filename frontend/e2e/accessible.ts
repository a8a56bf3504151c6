/** What axe says of a page. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export const THEMES = ["dark", "light"] as const;

const BY_COLOUR = ["color-contrast", "link-in-text-block"];

/** Nothing serious, in both themes; in the second one everything but the colours is as it was. */
export async function accessible(page: Page, what: string): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" }); // half-way colours are nobody's
  for (const theme of THEMES) {
    await page.evaluate((name) => (document.documentElement.dataset["theme"] = name), theme);
    // legacy: no frame of another origin is in the page, which would need another page to put the parts together
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
    const { violations } = await (theme === THEMES[0] ? axe : axe.withRules(BY_COLOUR)).analyze();
    const serious = violations.filter((each) => each.impact === "serious" || each.impact === "critical");
    expect(serious.map((each) => `${what}, ${theme}: ${each.id}: ${each.nodes[0]?.html}`)).toEqual([]);
  }
}
