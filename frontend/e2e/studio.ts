/** A browser page on a running studio, and what a person does there. */
import { test as base, expect, type Page } from "@playwright/test";

import { Studio } from "./processes";

export { expect };

export interface Options {
  timeScale: number;
  nodes: number;
  /** Small pictures, or those of the product. */
  presets: "small" | "product";
  /** Each node a process of its own, so that one can be killed. */
  apart: boolean;
  /** Nodes that draw in the hub itself, as entries of gpus.yaml. */
  generators: string;
}

/** `studio`: hub and nodes of this test alone. A page error of our own fails the test. */
export const test = base.extend<Options & { studio: Studio; errors: string[] }>({
  timeScale: [0.15, { option: true }],
  nodes: [4, { option: true }],
  presets: ["small", { option: true }],
  apart: [false, { option: true }],
  generators: ["", { option: true }],
  studio: async ({ timeScale, nodes, presets, apart, generators }, use) => {
    const studio = new Studio(timeScale, presets, apart, generators);
    try {
      await use(await studio.start(nodes));
    } finally {
      await studio.end();
    }
  },
  errors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await use(errors);
      expect(errors, "nothing broke in the page").toEqual([]);
    },
    { auto: true },
  ],
});

export const SENTENCE = "a lighthouse at dusk, oil painting";

export const tiles = (page: Page, status = "") =>
  page.locator(`[data-generation]${status && `[data-status=${status}]`}`);

export async function draft(page: Page, studio: Studio): Promise<void> {
  await page.goto(studio.url);
  await page.getByLabel("What do you want to see?").fill(SENTENCE);
  await page.getByRole("button", { name: "Generate 20 drafts" }).click();
  await expect(tiles(page)).toHaveCount(20);
}

export async function allDrawn(page: Page, count: number): Promise<void> {
  await expect(tiles(page, "complete")).toHaveCount(count);
  await expect(tiles(page)).toHaveCount(count);
}

export const pick = (page: Page, index: number) => tiles(page).nth(index).locator("> button").click();

export const sessionOf = (page: Page): string => new URL(page.url()).hash.split("/").at(-1) ?? "";

/** What the page knows of each picture, against what the hub says. */
export async function agrees(page: Page, studio: Studio): Promise<void> {
  const { generations } = await studio.get<{ generations: { id: string; status: string; stage: number }[] }>(
    `/api/sessions/${sessionOf(page)}`,
  );
  const stage = Math.max(...generations.map((each) => each.stage));
  for (const each of generations.filter((generation) => generation.stage === stage)) {
    await expect(page.locator(`[data-generation="${each.id}"]`)).toHaveAttribute("data-status", each.status);
  }
}
