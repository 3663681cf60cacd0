import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { CiReporter } from "./test/support/ci-reporter.ts";
import { LongestFirst } from "./test/support/longest-first.ts";

const inCI = process.env["CI"] === "true";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxConcurrency: 2,
    // Vitest leaves a processor free, of two one; what is tested waits more than it computes.
    maxWorkers: 2,
    // What the server keeps of projects (PINs, where it runs) is nothing of the tests' to leave behind.
    env: {
      XDG_STATE_HOME: fileURLToPath(new URL("node_modules/.cache/highball/tests/state", import.meta.url)),
    },
    // In CI only what failed is worth a line: a log that is cut in the middle must still name it.
    reporters: inCI ? [new CiReporter(), "json"] : ["default", "json"],
    silent: inCI ? "passed-only" : false,
    retry: inCI ? 1 : 0,
    // .ci/run counts the tests in it.
    outputFile: { json: "node_modules/.cache/highball/tests/results.json" },
    // What runs in a browser is counted nowhere: its suite drives Chromium.
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/debug/browser/**"],
      reporter: ["text-summary", "html"],
    },
  },
});
export default config;
