import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const tauriOnlyInApi = {
  patterns: [
    {
      group: ["@tauri-apps/*"],
      message: "src/api is the sole importer of Tauri.",
    },
  ],
};

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/api/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-console": ["error", { allow: ["error", "warn"] }],
      "max-lines": ["error", 300],
      "no-restricted-imports": ["error", tauriOnlyInApi],
      "no-restricted-globals": ["error", "fetch", "XMLHttpRequest", "WebSocket"],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig },
    },
  },
  {
    files: ["src/api/**", "src/**/*.test.ts", "src/test-setup.ts"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    files: ["src/text/**", "src/styles/**", "src/components/icons.ts", "src/**/*.test.ts"],
    rules: { "max-lines": "off" },
  },
);
