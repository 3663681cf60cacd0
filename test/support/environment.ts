/** Where the tests find Python, the frameworks and the small applications they serve. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

const root: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Folder of the repository. */
export const repository: string = root;

/** Folder of the small applications, good and bad. */
export const apps: string = join(root, "test", "apps");

const folder = join(root, "node_modules/.cache/highball/tests");

/** Folder that holds the package `flaskr`, the application of Flask's tutorial. */
export const flaskr: string = join(folder, "flaskr");

/** Why the frameworks are not there, or null when they are. */
export const frameworksUnavailable: string | null = readReason();

const venvPython = join(folder, "venv", "bin", "python");

const frameworksAvailable: boolean = frameworksUnavailable === null;

/**
 * The interpreter that runs the applications: the virtual environment's when the frameworks are there,
 * else `TEST_PYTHON` or python3, which is enough for everything in test/apps.
 */
export const python: string =
  frameworksUnavailable === null ? venvPython : process.env["TEST_PYTHON"] || "python3";

/** Like `describe`, for tests that need a framework from PyPI: without it they are skipped and say why. */
// oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback -- this makes one, it is none
export const describeFramework: ReturnType<typeof describe.skipIf> = describe.skipIf(!frameworksAvailable);

function readReason(): string | null {
  if (existsSync(join(folder, "stamp"))) return null;
  const unavailable = join(folder, "unavailable");
  const reason = existsSync(unavailable)
    ? readFileSync(unavailable, "utf8")
    : 'There is no node_modules/.cache/highball/tests yet: run "node scripts/prepare-tests.mjs".';
  // In continuous integration a test that did not run must not look like one that passed.
  if (process.env["CI"] === "true") throw new Error(reason);
  console.warn(`Framework tests are skipped. ${reason}`);
  return reason;
}
