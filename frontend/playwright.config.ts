import { defineConfig } from "@playwright/test";

const executablePath = process.env["VIBES_CHROMIUM"] ?? "/usr/bin/chromium";

const UNLESS_ASKED = process.env["VIBES_SCREENSHOTS"] ? [] : ["screenshots.spec.ts"];

export default defineConfig({
  testDir: "e2e",
  workers: 2,
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
    trace: "retain-on-failure",
    actionTimeout: 90_000,
    // a container's root has no sandbox to go into
    launchOptions: { executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] },
  },
});
