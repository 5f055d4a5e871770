import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// The recorded shell as one script, which the screen tests put into the page before the window's own.
export default defineConfig({
  publicDir: false,
  logLevel: "warn",
  build: {
    target: "chrome123",
    outDir: "node_modules/.stage",
    lib: {
      entry: fileURLToPath(new URL("src/api/stage.ts", import.meta.url)),
      formats: ["iife"],
      name: "granaryStage",
      fileName: () => "stage.js",
    },
  },
});
