/** How long frames take while something is moved, as the page itself sees them. */
import type { Page } from "@playwright/test";

declare global {
  interface Window {
    /** Milliseconds from each frame to the next; null: nobody counts. */
    frameTimes: number[] | null;
  }
}

export interface Frames {
  frames: number;
  p50: number;
  p95: number;
  told: string;
}

/** Of the frames while `move` goes on. */
export async function framesWhile(page: Page, name: string, move: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const times: number[] = (window.frameTimes = []);
    let before: number | null = null;
    const look = (now: number) => {
      if (window.frameTimes !== times) return;
      if (before !== null) times.push(now - before);
      before = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await move();
  const times = await page.evaluate(() => {
    const counted = window.frameTimes ?? [];
    window.frameTimes = null;
    return counted;
  });
  times.sort((one, other) => one - other);
  const percentile = (part: number) => times[Math.max(Math.ceil(times.length * part) - 1, 0)] ?? NaN;
  const [p50, p95] = [percentile(0.5), percentile(0.95)];
  const told = `${name}: ${times.length} frames, p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
  return { frames: times.length, p50, p95, told };
}
