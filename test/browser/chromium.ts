/** A real browser for the tests: Debian's Chromium, driven by playwright-core, which brings none of its own. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { describe } from "vitest";

/** Where Debian, Fedora and others put it; `TEST_CHROMIUM` names another one. */
const places: readonly string[] = [
  process.env["TEST_CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const executablePath: string | undefined = places.find((place) => place !== "" && existsSync(place));

/** Like `describe`, for tests that need a browser: without it they are skipped and say why. */
// oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback -- this makes one, it is none
export const describeBrowser: ReturnType<typeof describe.skipIf> = describe.skipIf(!browserIsThere());

function browserIsThere(): boolean {
  if (executablePath !== undefined) return true;
  const reason = "There is no /usr/bin/chromium: apt-get install chromium, or name one in TEST_CHROMIUM.";
  // In continuous integration a test that did not run must not look like one that passed.
  if (process.env["CI"] === "true") throw new Error(reason);
  console.warn(`Browser tests are skipped. ${reason}`);
  return false;
}

/** Starts a browser that speaks to nobody but the test. */
export function launchBrowser(): Promise<Browser> {
  const flags = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  if (executablePath === undefined) throw new Error("there is no browser");
  return chromium.launch({
    executablePath,
    args: flags,
    // Else it would not go back to pages as browsers do.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    // Chromium has none for root.
    chromiumSandbox: process.getuid?.() !== 0,
  });
}
