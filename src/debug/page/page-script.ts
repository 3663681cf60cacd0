import { readFileSync } from "node:fs";

/** Made by scripts/build-page.mjs; beside this file's folder in what is built, in dist/ where sources run. */
const PLACES: readonly URL[] = [
  new URL("../page.js", import.meta.url),
  new URL("../../../dist/debug/page.js", import.meta.url),
];

let script: string | null | undefined;

/** What runs in pages of the debugger, fit to stand in a script element; null where it was not built. */
export function pageScript(): string | null {
  script ??= readScript();
  return script;
}

function readScript(): string | null {
  for (const place of PLACES) {
    try {
      return readFileSync(place, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  // A page without its script shows all that it knows.
  return null;
}
