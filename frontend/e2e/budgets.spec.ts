/**
 * The budgets of the studio: what the first load weighs, 10,000 pictures, 20 previews at once.
 *
 * Every figure is printed. Whatever else the machine does only adds to a figure in milliseconds, so the best of three
 * is held to its limit, which a slow machine raises to twice what a bare page needs that shows the same pictures.
 */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

import type { Page } from "@playwright/test";

import { Studio } from "./processes";
import { Relay } from "./relay";
import { allDrawn, draft, expect, SENTENCE, sessionOf, test, tiles } from "./studio";

// what a trace records of every key and frame would be measured with them
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
    { scope: "test", timeout: 180_000 },
  ],
});

full(
  "a gallery of 10,000 pictures scrolls from top to bottom without a hole, with few tiles in the page",
  async ({ page, studio }) => {
    full.setTimeout(180_000);
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
    grid: { commits: number; changes: Record<string, number> };
    /** By interaction: milliseconds until the page was done with the key, and until that was on the screen. */
    latencies: Map<number, { handled: number; painted: number }>;
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

const RUNNING = 20;
const PER_SECOND = 5;
const QUIET_MS = 3000;
const TYPING_MS = 5000;
const KEY_MS = 60;
const BAR_MS = 100;
const PROMPT = "What do you want to see?";

test.describe("with 20 pictures being drawn", () => {
  test.use({ timeScale: 0.02 });
  test.setTimeout(180_000);

  test("20 previews at five a second draw no tile anew, and typing answers within 100 ms", async ({ page, studio }) => {
    await draft(page, studio);
    await allDrawn(page, RUNNING);
    const session = await studio.get<Session>(`/api/sessions/${sessionOf(page)}`);
    const pictures = await Promise.all(session.generations.map((each) => picture(studio.url + each.thumbnail_url)));

    const previews = await drawnAgain(page, studio, session, pictures);
    const drawing = page.locator("[data-grid] img[data-preview]");
    previews.sendAll();
    await expect(drawing.and(page.locator(":not([hidden])"))).toHaveCount(RUNNING);
    await watchGrid(page);
    previews.start();
    const seconds = await secondsOfWork(page);
    await page.waitForTimeout(QUIET_MS);
    const load = ((await seconds()) / QUIET_MS) * 1000;
    const { commits } = await page.evaluate(() => window.grid);
    const rounds = [await typing(page)];
    while (rounds.length < 3 && !rounds.some(inTime)) rounds.push(await typing(page));
    const busy = rounds.find(inTime) ?? rounds[0]!;
    const text = rounds.at(-1)!.text;
    const sent = previews.stop();
    const { changes } = await page.evaluate(() => window.grid);
    const { "src of a preview": shown = 0, ...others } = changes;
    await expect(page.getByLabel(PROMPT)).toHaveValue(text);
    const sizes = await drawing.evaluateAll((all) => all.map((each) => (each as HTMLImageElement).naturalWidth));

    await showBarePage(page, pictures);
    const bare = await typing(page);
    const size = kilobytes(Math.max(...pictures.map(({ length }) => length)));
    console.log(
      `previews: ${sent} of up to ${size} sent, ${shown} shown; in ${QUIET_MS / 1000} s without typing ${commits} React ` +
        `commits and ${Math.round(load * 100)} % of a core for the page's thread; ${busy.told}; a bare page: ${bare.told}`,
    );
    // of several for one tile within a frame of the screen only the newest is shown
    expect(shown, "previews were shown").toBeGreaterThan(sent / 4);
    expect(others, "nothing else has changed in the tiles").toEqual({});
    // not none: the page asks for the state of the nodes now and then
    expect(commits, "previews pass React by").toBeLessThan(5);
    expect(busy.handled, "milliseconds until a key is handled").toBeLessThan(Math.max(BAR_MS, 2 * bare.handled));
    expect(busy.painted, "milliseconds until it is on the screen").toBeLessThan(Math.max(BAR_MS, 2 * bare.painted));
    expect(Math.min(...sizes), "the previews are pictures").toBeGreaterThan(0);
  });
});

const inTime = ({ handled, painted }: { handled: number; painted: number }): boolean =>
  Math.max(handled, painted) < BAR_MS;

const picture = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

interface Session {
  id: string;
  generations: { id: string; thumbnail_url: string }[];
}

/** The session, told by a relay that what the hub has finished is still being drawn; answers how to send previews. */
async function drawnAgain(page: Page, studio: Studio, session: Session, pictures: readonly Buffer[]) {
  const { gpus } = await studio.get<{ gpus: object[] }>("/api/gpus");
  const headers = session.generations.map(({ id }) => Buffer.from(`0101${id.replaceAll("-", "")}`, "hex"));
  const generations = session.generations.map((each) => ({ ...each, status: "generating", completed_at: null }));
  const relay = new Relay(studio.url, {
    type: "snapshot",
    seq: 1,
    session: { ...session, generations },
    gpus,
    paused_since: null,
  });
  const url = await relay.start();
  page.once("close", () => end());
  await page.addInitScript(countCommits);
  await page.goto(page.url().replace(studio.url, url));
  await expect(tiles(page, "generating")).toHaveCount(RUNNING);

  let sent = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  /** To one tile after the other, with another picture in each round, so that the browser must decode it. */
  const next = () => {
    const header = headers[sent % RUNNING];
    const picture = pictures[(sent + Math.floor(sent / RUNNING)) % RUNNING];
    if (header && picture) relay.send(Buffer.concat([header, picture]));
    sent++;
  };
  const end = () => {
    clearInterval(timer);
    relay.end();
  };
  return {
    sendAll: () => headers.forEach(next),
    start: () => {
      sent = 0;
      const begun = performance.now();
      timer = setInterval(() => {
        const due = ((performance.now() - begun) / 1000) * PER_SECOND * RUNNING;
        while (sent < due) next();
      }, 5);
    },
    stop: () => {
      clearInterval(timer);
      return sent;
    },
  };
}

/** What this machine and its browser need for as many pictures as often, with no studio around them. */
async function showBarePage(page: Page, pictures: readonly Buffer[]): Promise<void> {
  await page.goto("about:blank");
  await page.setContent(
    `<textarea aria-label="${PROMPT}"></textarea><div>${'<img width="150" height="150">'.repeat(RUNNING)}</div>`,
  );
  await page.evaluate(
    ({ encoded, everyMs }) => {
      const blobs = encoded.map((each) => new Blob([Uint8Array.from(atob(each), (byte) => byte.charCodeAt(0))]));
      const images = [...document.images];
      let shown = 0;
      setInterval(() => {
        const image = images[shown % images.length];
        const blob = blobs[(shown + Math.floor(shown / images.length)) % blobs.length];
        shown++;
        if (!image || !blob) return;
        URL.revokeObjectURL(image.src);
        image.src = URL.createObjectURL(blob);
      }, everyMs);
    },
    { encoded: pictures.map((each) => each.toString("base64")), everyMs: 1000 / PER_SECOND / RUNNING },
  );
}

/** React tells its developer tools of everything that it has written into the page. */
function countCommits(): void {
  window.grid = { commits: 0, changes: {} };
  Object.assign(window, {
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      supportsFiber: true,
      inject: () => 1,
      checkDCE: () => undefined,
      onCommitFiberRoot: () => window.grid.commits++,
      onCommitFiberUnmount: () => undefined,
      onPostCommitFiberRoot: () => undefined,
    },
  });
}

/** Of a processor, by the page's own thread, from now on; what else the machine does is not in it. */
async function secondsOfWork(page: Page): Promise<() => Promise<number>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
  };
  const before = await read();
  return async () => (await read()) - before;
}

const watchGrid = (page: Page) =>
  page.evaluate(() => {
    const counted = window.grid.commits;
    if (!counted) throw new Error("React's commits are not counted");
    window.grid = { commits: 0, changes: {} };
    new MutationObserver((records) => {
      for (const { type, attributeName, target } of records) {
        const preview = target instanceof HTMLImageElement && target.dataset["preview"] ? "a preview" : target.nodeName;
        const what = `${attributeName ?? type} of ${preview}`;
        window.grid.changes[what] = (window.grid.changes[what] ?? 0) + 1;
      }
    }).observe(document.querySelector("[data-grid]") ?? document.body, {
      attributes: true,
      childList: true,
      characterData: true,
      subtree: true,
    });
  });

/** Types for a while; how long the page took from each key to the paint that shows it. */
async function typing(page: Page) {
  const prompt = page.getByLabel(PROMPT);
  await prompt.press("End");
  let text = await prompt.inputValue();
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
    text += letter;
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
  return { text, handled, painted, told };
}

/** The least that the browser can be asked to tell. */
const FASTEST_MS = 16;
