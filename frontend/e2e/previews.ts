/** A session whose pictures are still being drawn, with 20 previews five times a second, and what that costs the page. */
import type { Page } from "@playwright/test";

import type { Studio } from "./processes";
import { Relay } from "./relay";
import { allDrawn, draft, expect, sessionOf, tiles } from "./studio";

declare global {
  interface Window {
    grid: { commits: number; changes: Record<string, number> };
    /** Previews, since they are counted. */
    shown: number;
  }
}

export const RUNNING = 20;
const PER_SECOND = 5;
const WATCHED = 300;
export const PROMPT = "What do you want to see?";

const picture = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

interface Session {
  id: string;
  generations: { id: string; thumbnail_url: string }[];
}

/** Twenty pictures that the hub has finished, in a page that believes that they are still being drawn. */
export async function beingDrawn(page: Page, studio: Studio) {
  await draft(page, studio);
  await allDrawn(page, RUNNING);
  const session = await studio.get<Session>(`/api/sessions/${sessionOf(page)}`);
  const pictures = await Promise.all(session.generations.map((each) => picture(studio.url + each.thumbnail_url)));
  const previews = await drawnAgain(page, studio, session, pictures);
  const shown = page.locator("[data-grid] img[data-preview]");
  previews.sendAll();
  await expect(shown.and(page.locator(":not([hidden])"))).toHaveCount(RUNNING);
  return { pictures, previews, shown };
}

/** The session, told so by a relay; answers how to send previews. */
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
export async function showBarePage(page: Page, pictures: readonly Buffer[]): Promise<void> {
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

/** Milliseconds of a processor that the page's own thread takes for each preview; what else the machine does is not in it. */
export async function costEach(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
  };
  await page.evaluate(() => {
    window.shown = 0;
    const count = (records: readonly MutationRecord[]) => (window.shown += records.length);
    new MutationObserver(count).observe(document.body, { subtree: true, attributeFilter: ["src"] });
  });
  const before = await read();
  await page.waitForFunction((enough) => window.shown >= enough, WATCHED);
  const seconds = (await read()) - before;
  return (1000 * seconds) / (await page.evaluate(() => window.shown));
}

export const watchGrid = (page: Page) =>
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
