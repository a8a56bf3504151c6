import { defineConfig } from "@playwright/test";

const executablePath = process.env["VIBES_CHROMIUM"] ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "e2e",
  testIgnore: process.env["VIBES_SCREENSHOTS"] ? [] : ["screenshots.spec.ts"],
  workers: 1,
  // deadlines for a machine that does other things beside; what is waited for is always an event
  timeout: 300_000,
  expect: { timeout: 90_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    actionTimeout: 90_000,
    // a container's root has no sandbox to go into
    launchOptions: { executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] },
  },
});
