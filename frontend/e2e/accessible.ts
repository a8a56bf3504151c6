/** What axe says of a page. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export const THEMES = ["dark", "light"] as const;

/** Nothing serious, in both themes. */
export async function accessible(page: Page, what: string): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" }); // half-way colours are nobody's
  for (const theme of THEMES) {
    await page.evaluate((name) => (document.documentElement.dataset["theme"] = name), theme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter((each) => each.impact === "serious" || each.impact === "critical");
    expect(serious.map((each) => `${what}, ${theme}: ${each.id}: ${each.nodes[0]?.html}`)).toEqual([]);
  }
}
