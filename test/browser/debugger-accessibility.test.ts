/** What axe says of the debugger's pages, light and dark, on a desk and on a phone. */
import axe from "axe-core";
import type { Browser, BrowserContext, Page as Tab } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { DebuggerSite, done } from "../support/debugger-site.ts";
import {
  dictionary,
  error,
  errorModels,
  errorRecord,
  frame,
  literal,
  requestRecord,
  text,
} from "../support/error-models.ts";
import { describeBrowser, launchBrowser } from "./chromium.ts";

vi.setConfig({ testTimeout: 120_000 });

const LOOKS = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 390 },
] as const;

describeBrowser.each(LOOKS)("in $colorScheme, $width pixels wide", ({ colorScheme, width }) => {
  let browser: Browser;
  let context: BrowserContext;
  let site: DebuggerSite;
  let tab: Tab;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    site = await DebuggerSite.open();
    const { version } = site.code;
    const { debuggee } = site;
    site.requests = [
      requestRecord({ error: 1 }),
      requestRecord({ id: 11, status: null, error: null, duration: null }),
    ];
    site.errors = Object.values(errorModels).map((model, index) =>
      errorRecord(model, { id: index + 1, version, debuggee, request: requestRecord() }),
    );
    context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    tab = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    site.close();
  });

  /** What is serious or critical, with the elements. */
  async function findings(): Promise<readonly string[]> {
    await tab.evaluate(axe.source);
    const { violations } = await tab.evaluate<axe.AxeResults>("axe.run()");
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ""}`),
      );
  }

  it("nothing serious is found in pages of errors of every shape", async () => {
    for (const { id } of site.errors) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await tab.goto(site.url(`/__highball__/errors/${id}`));
      // oxlint-disable-next-line no-await-in-loop
      await tab.locator("html.scripted").waitFor();
      // oxlint-disable-next-line no-await-in-loop
      await tab.keyboard.press("l");
      // oxlint-disable-next-line no-await-in-loop
      expect(await findings()).toEqual([]);
    }
  });

  it.each(["errors", "errors/999", "requests", "requests/12", "console", "unlock"])(
    "nothing serious is found in the page %s",
    async (path) => {
      await tab.goto(site.url(`/__highball__/${path}`));
      await tab.locator("html.scripted").waitFor();
      expect(await findings()).toEqual([]);
    },
  );

  it("nothing serious is found while the page is worked with", async () => {
    const id = 1 + Object.keys(errorModels).indexOf("plain");
    await tab.goto(site.url(`/__highball__/errors/${id}`));
    await tab.locator(".panel.chosen .locked").click();
    expect(await findings()).toEqual([]);
    await tab.goto(site.lock.unlockLink(site.url("/")));
    await tab.waitForURL("**/errors");
    await tab.goto(site.url(`/__highball__/errors/${id}`));
    const prompt = tab.locator(".panel.chosen textarea");
    await prompt.waitFor();
    site.debuggee.answer = (code) =>
      code === "1"
        ? done({ error: error({ frames: [frame()] }) })
        : done({ value: dictionary([[text("'a'"), literal("1")]]), output: "x" });
    for (const code of ["1", "2"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await prompt.fill(code);
      // oxlint-disable-next-line no-await-in-loop
      await prompt.press("Enter");
      // oxlint-disable-next-line no-await-in-loop
      await tab.locator(".log pre", { hasText: code }).waitFor();
    }
    site.debuggee.completions = ["abs", "all"];
    await prompt.fill("a");
    await prompt.press("Tab");
    await tab.locator("[role=option]").first().waitFor();
    site.code.became("ready", 2);
    await tab.locator(".replay").waitFor();
    expect(await findings()).toEqual([]);
    await prompt.press("Escape");
    await prompt.press("Escape");
    await tab.keyboard.press("r");
    await tab.locator(".answer pre").waitFor();
    await tab.getByText("Headers").first().click();
    expect(await findings()).toEqual([]);
    await tab.keyboard.press("/");
    await tab.keyboard.type("e");
    expect(await findings()).toEqual([]);
    await tab.keyboard.press("Escape");
    await tab.keyboard.press("?");
    expect(await findings()).toEqual([]);
  });
});
