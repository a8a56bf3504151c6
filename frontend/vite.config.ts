import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const HUB = process.env["VIBES_URL"] ?? "http://127.0.0.1:8001";

export default defineConfig({
  base: "./", // a reverse proxy may show it below any path
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // the hub serves what lies there, from a checkout and from an installed package alike
  build: {
    outDir: "../backend/vibes/_shipped/studio",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2_000, // kB: Swagger UI, which the API's page alone loads
    rolldownOptions: { input: ["index.html", "docs.html"], checks: { pluginTimings: false } }, // a slow machine is no fault
  },
  server: { proxy: { "/api": HUB, "/ws": { target: HUB, ws: true } } },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    maxWorkers: "100%", // one of two cores would be left idle
    testTimeout: 60_000, // a story ends by itself; this only ends one that hangs
  },
});
