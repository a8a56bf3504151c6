/**
 * The budgets of the studio: what the first load weighs, 10,000 pictures, 20 previews at once.
 *
 * None of them is a time, which a machine that does other things beside would change: those are in figures.spec.ts.
 */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

import type { Page } from "@playwright/test";

import { Studio } from "./processes";
import { beingDrawn, costEach, PROMPT, RUNNING, showBarePage, watchGrid } from "./previews";
import { expect, SENTENCE, test } from "./studio";

// what a trace records of every frame would be measured with it
test.use({ trace: "off" });

test("the first load is 200 kB at most, packed", async ({ page, studio }) => {
  const loaded = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    const kind = response.headers()["content-type"] ?? "";
    if (/html|javascript|css|svg/.test(kind)) loaded.set(new URL(response.url()).pathname, response.body());
  });
  await page.goto(studio.url);
  await expect(page.getByRole("button", { name: "Generate 20 drafts" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  const files = await Promise.all(
    [...loaded].map(async ([path, body]) => ({ path, size: gzipSync(await body).length })),
  );
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const each = files.map(({ path, size }) => `${path} ${kilobytes(size)}`).join(", ");
  console.log(`first load: ${kilobytes(total)} in ${files.length} files (${each})`);
  expect(files.filter(({ path }) => path.endsWith(".js")).length, "scripts were weighed").toBeGreaterThan(0);
  expect(files.filter(({ path }) => path.endsWith(".css")).length, "styles were weighed").toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(200_000);
});

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

const PICTURES = 10_000;

const full = test.extend({
  studio: [
    async ({ timeScale, presets }, use) => {
      const studio = new Studio(timeScale, presets);
      try {
        const script = join(import.meta.dirname, "fill_gallery.py");
        execFileSync(resolve(import.meta.dirname, "../../.venv/bin/python"), [script, join(studio.folder, "data")]);
        await use(await studio.start(1));
      } finally {
        await studio.end();
      }
    },
    { scope: "test", timeout: 300_000 },
  ],
});

full(
  "a gallery of 10,000 pictures scrolls from top to bottom without a hole, with few tiles in the page",
  async ({ page, studio }) => {
    const steps = 60;
    await page.goto(`${studio.url}/#/gallery`);
    await expect(page.getByText(/^10.?000 pictures$/)).toBeVisible();
    await expect(page.locator("[data-index='0'] img")).toBeVisible();
    await watchFrames(page);

    await page.mouse.move(700, 600);
    const height = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    let most = 0;
    for (let step = 1; step <= steps; step++) {
      await page.mouse.wheel(0, Math.ceil(height / steps) + 1);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      const { holes, tiles } = await covered(page);
      expect(holes, `places without a tile after step ${step}`).toEqual([]);
      most = Math.max(most, tiles);
    }
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight - window.scrollY))
      .toBeLessThan(2);

    const last = page.locator(`[data-index='${PICTURES - 1}'] img`);
    await expect(last).toBeInViewport();
    await expect.poll(() => pending(page), "every picture that is on the screen has come").toEqual([]);
    expect(await last.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await expect(page.locator(`[data-index='${PICTURES}']`)).toHaveCount(0);

    const seen = await page.evaluate(() => window.frames_);
    console.log(
      `gallery: ${height} px in ${steps} steps, ${seen.frames} frames, ${seen.holes} places without a tile in all of them, ` +
        `at most ${Math.max(most, seen.tiles)} tiles in the page`,
    );
    expect(seen.frames, "frames were looked at").toBeGreaterThanOrEqual(steps);
    expect(seen.holes, "places without a tile in any frame").toBe(0);
    expect(Math.max(most, seen.tiles)).toBeLessThan(400);

    // as one drags the scrollbar: nothing of what was there before is still there
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight / 2));
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect((await covered(page)).holes).toEqual([]);
    await expect.poll(() => pending(page)).toEqual([]);
  },
);

declare global {
  interface Window {
    coverage: () => { holes: number[]; tiles: number };
    frames_: { frames: number; holes: number; tiles: number };
  }
}

/** Which pictures' places in the viewport have no tile, now and in every frame from now on. */
const watchFrames = (page: Page) =>
  page.evaluate((pictures) => {
    window.coverage = () => {
      const grid = document.querySelector("[role=grid]")!.getBoundingClientRect();
      const cells = [...document.querySelectorAll<HTMLElement>("[role=gridcell]")];
      const there = new Map<number, DOMRect>();
      for (const cell of cells) {
        const shown = cell.querySelector("img, .shimmer") && getComputedStyle(cell).visibility === "visible";
        if (shown)
          there.set(
            Number(cell.querySelector<HTMLElement>("[data-index]")?.dataset["index"]),
            cell.getBoundingClientRect(),
          );
      }
      const size = cells[0]!.offsetWidth;
      const columns = Number(document.querySelector("[role=grid]")!.getAttribute("aria-colcount"));
      const pitch = (grid.width + 8) / columns;
      const holes: number[] = [];
      for (let index = Math.max(Math.floor(-grid.top / pitch), 0) * columns; index < pictures; index++) {
        const x = grid.left + (index % columns) * pitch + size / 2;
        const y = grid.top + Math.floor(index / columns) * pitch + size / 2;
        if (y > window.innerHeight + size / 2) break;
        const tile = there.get(index);
        if (!tile || tile.left > x || tile.right < x || tile.top > y || tile.bottom < y) holes.push(index);
      }
      return { holes, tiles: cells.length };
    };
    window.frames_ = { frames: 0, holes: 0, tiles: 0 };
    const look = () => {
      const { holes, tiles } = window.coverage();
      window.frames_.frames++;
      window.frames_.holes += holes.length;
      window.frames_.tiles = Math.max(window.frames_.tiles, tiles);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, PICTURES);

const covered = (page: Page) => page.evaluate(() => window.coverage());

/** The tiles in the viewport whose thumbnail has not come. */
const pending = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[role=gridcell] [data-index]")]
      .filter(
        (tile) => tile.getBoundingClientRect().bottom > 0 && tile.getBoundingClientRect().top < window.innerHeight,
      )
      .filter((tile) => !tile.querySelector("img")?.naturalWidth)
      .map((tile) => tile.dataset["index"]),
  );

test.describe("with 20 pictures being drawn", () => {
  test.use({ timeScale: 0.02 });

  test("20 previews at five a second draw no tile anew, and cost the page what their pictures cost", async ({
    page,
    studio,
  }) => {
    const { pictures, previews, shown } = await beingDrawn(page, studio);
    await watchGrid(page);
    previews.start();
    const busy = await costEach(page);
    const { commits } = await page.evaluate(() => window.grid);
    const prompt = page.getByLabel(PROMPT);
    await prompt.press("End");
    await prompt.pressSequentially(SENTENCE);
    await expect(prompt).toHaveValue(SENTENCE + SENTENCE);
    const sent = previews.stop();
    const { "src of a preview": drawn = 0, ...others } = await page.evaluate(() => window.grid.changes);
    // a picture that has no size yet is being read
    const withoutSize = () =>
      shown.evaluateAll((all) => all.filter((each) => !(each as HTMLImageElement).naturalWidth).length);
    await expect.poll(withoutSize, "previews that are no pictures").toBe(0);

    await showBarePage(page, pictures);
    const bare = await costEach(page);
    console.log(
      `previews: ${sent} of up to ${kilobytes(Math.max(...pictures.map(({ length }) => length)))} sent, ${drawn} drawn, ` +
        `${commits} React commits; each takes the page's thread ${busy.toFixed(1)} ms, on a bare page ${bare.toFixed(1)} ms`,
    );
    expect(others, "nothing else has changed in the tiles").toEqual({});
    // not none: the page asks for the state of the nodes now and then, but less often than all 20 have a new preview
    expect(commits, "React commits").toBeLessThan(drawn / RUNNING);
    expect(busy / bare, "work of the page's thread against a bare page's").toBeLessThan(4);
  });
});
