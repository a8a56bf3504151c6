/**
 * How long a key takes while 20 pictures are being drawn, and a frame while a full map is moved: for a quiet machine, so
 * `make bench` runs this and no test.
 *
 * Whatever else the machine does only adds to a figure in milliseconds, so the best of three rounds is held to the bar.
 */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";

import type { Page } from "@playwright/test";

import { framesWhile } from "./frames";
import { beingDrawn, PROMPT, showBarePage } from "./previews";
import { Studio } from "./processes";
import { expect, SENTENCE, test } from "./studio";

declare global {
  interface Window {
    /** By interaction: milliseconds until the page was done with the key, and until that was on the screen. */
    latencies: Map<number, { handled: number; painted: number }>;
  }
}

const TYPING_MS = 5000;
const KEY_MS = 60;
const BAR_MS = 100;
const ROUNDS = 3;

// what a trace records of every key would be measured with it
test.use({ trace: "off", timeScale: 0.02 });
test.setTimeout(420_000);

test("typing answers within 100 ms while 20 previews come five times a second", async ({ page, studio }) => {
  const { pictures, previews } = await beingDrawn(page, studio);
  previews.start();
  const rounds = [await typing(page)];
  while (rounds.length < ROUNDS && !rounds.some(inTime)) rounds.push(await typing(page));
  previews.stop();
  await showBarePage(page, pictures);
  const bare = await typing(page);
  const best = rounds.find(inTime) ?? rounds[0]!;
  console.log(`${best.told}; a bare page with the same pictures: ${bare.told}`);
  expect(best.handled, "milliseconds until a key is handled").toBeLessThan(BAR_MS);
  expect(best.painted, "milliseconds until it is on the screen").toBeLessThan(BAR_MS);
});

const inTime = ({ handled, painted }: { handled: number; painted: number }): boolean =>
  Math.max(handled, painted) < BAR_MS;

/** Types for a while; how long the page took from each key to the paint that shows it. */
async function typing(page: Page) {
  const prompt = page.getByLabel(PROMPT);
  await prompt.press("End");
  await page.evaluate((fastest) => {
    window.latencies = new Map();
    // a key's events belong together; the slowest of them is what a person feels
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) {
        if (!entry.interactionId || !entry.name.startsWith("key")) continue;
        const { handled, painted } = window.latencies.get(entry.interactionId) ?? { handled: 0, painted: 0 };
        window.latencies.set(entry.interactionId, {
          handled: Math.max(handled, Math.round(entry.processingEnd - entry.startTime)),
          painted: Math.max(painted, entry.duration),
        });
      }
    }).observe({ type: "event", durationThreshold: fastest } as PerformanceObserverInit);
  }, FASTEST_MS);
  const begun = performance.now();
  let keys = 0;
  for (; performance.now() - begun < TYPING_MS; keys++) {
    const letter = SENTENCE[keys % SENTENCE.length] ?? " ";
    await page.keyboard.press(letter === " " ? "Space" : letter);
    await page.waitForTimeout(KEY_MS);
  }
  const slow = await page.evaluate(() => [...window.latencies.values()]);
  // the browser tells nothing of a key that was faster
  const fast = Array<number>(Math.max(keys - slow.length, 0)).fill(FASTEST_MS);
  const percentile = (part: number, which: "handled" | "painted") =>
    [...slow.map((each) => each[which]), ...fast].sort((one, other) => one - other)[
      Math.ceil((slow.length + fast.length) * part) - 1
    ] ?? NaN;
  const handled = percentile(0.95, "handled");
  const painted = percentile(0.95, "painted");
  const told = `${keys} keys: handled p95 ${handled} ms, on the screen p50 ${percentile(0.5, "painted")} ms, p95 ${painted} ms`;
  return { handled, painted, told };
}

/** The least that the browser can be asked to tell. */
const FASTEST_MS = 16;

const ON_THE_MAP = 2_000;
/** Of a map's frame, in frames of the gallery of the same pictures, one after the other in one browser. */
const SLOWER = 1.25;
/** Pixels that a hand moves from one event to the next. */
const HAND_PX = 40;
const MOVES = 120;

const wandered = test.extend({
  studio: [
    async ({ timeScale, presets }, use) => {
      const studio = new Studio(timeScale, presets);
      try {
        const script = join(import.meta.dirname, "fill_gallery.py");
        const data = join(studio.folder, "data");
        execFileSync(resolve(import.meta.dirname, "../../.venv/bin/python"), [script, data, "map"]);
        await use(await studio.start(1));
      } finally {
        await studio.end();
      }
    },
    { scope: "test", timeout: 420_000 },
  ],
});

wandered("a map of 2,000 pictures and a grid of 500 move at the gallery's frame rate", async ({ page, studio }) => {
  const { sessions } = await studio.get<{ sessions: { id: string }[] }>("/api/sessions");
  const explorer = `${studio.url}/#/session/${sessions[0]?.id}`;
  const rounds: { ratio: number; told: string }[] = [];
  while (rounds.length < ROUNDS && !rounds.some(({ ratio }) => ratio <= SLOWER)) {
    await page.goto(`${studio.url}/#/gallery`);
    await expect(page.locator("[data-index='0'] img")).toBeVisible();
    const gallery = await framesWhile(page, "gallery", () => wheel(page, MOVES, HAND_PX));
    await page.goto(explorer);
    await expect(page.locator("[data-map] [data-status=complete] img").first()).toBeVisible();
    const map = [
      await framesWhile(page, "map panned", () => pan(page)),
      await framesWhile(page, "zoomed", () => zoom(page)),
      await framesWhile(page, "panned from afar", () => pan(page)),
    ];
    await page.getByRole("button", { name: "Axes", exact: true }).click();
    await expect(page.locator("[data-axes] [data-status=complete] img").first()).toBeVisible();
    await expect(page.locator("[data-axes] [data-cell]")).toHaveCount(500);
    const grid = [
      await framesWhile(page, "grid scrolled", () => wheel(page, MOVES, HAND_PX)),
      await framesWhile(page, "zoomed", () => zoomCells(page)),
    ];
    await page.getByRole("button", { name: "Map", exact: true }).click();
    const ratio = Math.max(...[...map, ...grid].map(({ p95 }) => p95)) / gallery.p95;
    rounds.push({ ratio, told: [gallery, ...map, ...grid].map(({ told }) => told).join("; ") });
  }
  const best = rounds.reduce((one, other) => (other.ratio < one.ratio ? other : one));
  console.log(`${ON_THE_MAP} pictures: ${best.told}; ${best.ratio.toFixed(2)} × the gallery's`);
  expect(best.ratio, "a frame of map and grid in the gallery's").toBeLessThanOrEqual(SLOWER);
});

/** Where the pictures are. */
const MIDDLE = { x: 800, y: 450 };

async function wheel(page: Page, steps: number, by: number): Promise<void> {
  await page.mouse.move(MIDDLE.x, MIDDLE.y);
  for (let step = 0; step < steps; step++) await page.mouse.wheel(0, by);
}

/** To and fro, so that new pictures come into sight on every side. */
async function pan(page: Page): Promise<void> {
  const sides = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ] as const;
  const strokes = 3 * sides.length;
  for (let stroke = 0; stroke < strokes; stroke++) {
    const [right, down] = sides[stroke % sides.length]!;
    await page.mouse.move(MIDDLE.x, MIDDLE.y);
    await page.mouse.down();
    for (let step = 1; step <= MOVES / strokes; step++)
      await page.mouse.move(MIDDLE.x + right * step * HAND_PX, MIDDLE.y + (down * step * HAND_PX) / 2);
    await page.mouse.up();
  }
}

/** Out as far as it goes, in again, and out. */
async function zoom(page: Page): Promise<void> {
  for (const by of [HAND_PX, -HAND_PX, HAND_PX]) await wheel(page, MOVES / 3, by);
}

/** All cells at once, in and out again. */
async function zoomCells(page: Page): Promise<void> {
  await page.keyboard.down("Control");
  for (const by of [-HAND_PX, HAND_PX, -HAND_PX, HAND_PX]) await wheel(page, MOVES / 4, by / 4);
  await page.keyboard.up("Control");
}
