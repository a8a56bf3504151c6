import { defineConfig } from "@playwright/test";

const executablePath = process.env["VIBES_CHROMIUM"] ?? "/usr/bin/chromium";

const UNLESS_ASKED = process.env["VIBES_SCREENSHOTS"] ? [] : ["screenshots.spec.ts"];

export default defineConfig({
  testDir: "e2e",
  workers: 2,
  fullyParallel: true,
  projects: [
    // times of a quiet machine: `make bench`
    { name: "figures", testMatch: "figures.spec.ts" },
    { name: "stories", testIgnore: ["figures.spec.ts", ...UNLESS_ASKED] },
  ],
  // deadlines for a machine that does other things beside; what is waited for is always an event
  timeout: 300_000,
  expect: { timeout: 90_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: "dark",
    // a trace of every story costs each of them seconds, for the one that fails: VIBES_TRACE=1 tells it again with one
    trace: process.env["VIBES_TRACE"] ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    actionTimeout: 90_000,
    // what moves for the eye alone would cost a machine without a GPU a third of all its time
    contextOptions: { reducedMotion: "reduce" },
    // a container's root has no sandbox to go into
    launchOptions: { executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] },
  },
});
