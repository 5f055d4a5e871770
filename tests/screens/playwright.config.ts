import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  fullyParallel: true,
  forbidOnly: true,
  workers: process.env["SCREENS_WORKERS"] ? Number(process.env["SCREENS_WORKERS"]) : 2,
  // In few lines where nobody watches: what failed is told whole, at the end.
  reporter: process.stdout.isTTY ? "list" : "dot",
  // Generous: the machine may be busy with something else entirely.
  timeout: 90_000,
  expect: { timeout: 30_000 },
  globalSetup: "./preview.ts",
  use: {
    actionTimeout: 30_000,
    viewport: { width: 1280, height: 832 },
    timezoneId: "UTC",
    locale: "en-GB",
    reducedMotion: "reduce",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
