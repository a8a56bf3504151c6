/**
 * How long a key takes while 20 pictures are being drawn: for a quiet machine, so `make bench` runs this and no test.
 *
 * Whatever else the machine does only adds to a figure in milliseconds, so the best of three rounds is held to the bar.
 */
import type { Page } from "@playwright/test";

import { beingDrawn, PROMPT, showBarePage } from "./previews";
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
test.setTimeout(180_000);

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
