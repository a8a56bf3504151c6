/** A browser page on a running studio, and what a person does there. */
import { test as base, expect, type Page } from "@playwright/test";

import { Studio } from "./processes";

export { expect };

/** How much quicker than its profile says a simulated card draws: nobody waits for a card without a reason. */
const QUICK = 0.05;
const FOUR = 4;

export interface Options {
  /** A hub of its own although it is as the others': it is killed, or given language models. */
  alone: boolean;
  timeScale: number;
  nodes: number;
  /** Small pictures, or those of the product. */
  presets: "small" | "product";
  /** Each node a process of its own, so that one can be killed. */
  apart: boolean;
  /** Nodes that draw in the hub itself, as entries of gpus.yaml. */
  generators: string;
}

/**
 * `studio`: hub and nodes. Stories of one worker that ask for nothing special have one in common, in which nothing of
 * the story before is left. A page error of our own fails the test.
 */
export const test = base.extend<Options & { studio: Studio; errors: string[] }, { common: () => Promise<Studio> }>({
  alone: [false, { option: true }],
  timeScale: [QUICK, { option: true }],
  nodes: [FOUR, { option: true }],
  presets: ["small", { option: true }],
  apart: [false, { option: true }],
  generators: ["", { option: true }],
  common: [
    async ({}, use) => {
      const studio = new Studio(QUICK, "small");
      let started: Promise<Studio> | null = null;
      await use(() => (started ??= studio.start(FOUR)));
      await studio.end();
    },
    { scope: "worker" },
  ],
  studio: async ({ alone, timeScale, nodes, presets, apart, generators, common }, use) => {
    const special = alone || apart || Boolean(generators) || presets !== "small" || nodes !== FOUR;
    if (!special && timeScale === QUICK) {
      const studio = await common();
      await studio.clear();
      await use(studio);
      return;
    }
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
