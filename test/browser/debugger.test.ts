/** The debugger's page of an error as a developer uses it: by mouse, by keyboard, on a phone. */
import type { Browser, BrowserContext, Page as Tab, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { ErrorPlace } from "../../src/debug/error-record.ts";
import type { ErrorModel } from "../../src/error-model.ts";
import { DebuggerSite, done, PIN } from "../support/debugger-site.ts";
import {
  dictionary,
  error,
  errorModels,
  errorRecord,
  EVIL,
  exception,
  frame,
  libraryFrame,
  list,
  literal,
  requestRecord,
  text,
} from "../support/error-models.ts";
import { replayAnswer, replayed } from "../support/replay-answers.ts";
import { describeBrowser, launchBrowser } from "./chromium.ts";

const DEADLINE = 15_000;

vi.setConfig({ testTimeout: 60_000 });
const poll = { timeout: DEADLINE };

describeBrowser("the debugger's page in Chromium", () => {
  let browser: Browser;
  let context: BrowserContext;
  let site: DebuggerSite;
  let tab: Tab;
  /** What the browser had to say. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    site = await DebuggerSite.open();
    context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
    context.setDefaultTimeout(DEADLINE);
    tab = await context.newPage();
    complaints = [];
    listenTo(tab);
  });
  afterEach(async () => {
    await context.close();
    site.close();
  });

  function listenTo(page: Tab): void {
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (problem) => complaints.push(String(problem)));
  }

  /** An error, its request, and the process that holds its frames. */
  function keep(
    model: ErrorModel = errorModels.plain,
    method = "POST",
    target = "/pay",
    place: ErrorPlace = "request",
  ): void {
    const request = requestRecord({ method, target });
    const id = (site.errors[0]?.id ?? 6) + 1;
    const { version } = site.code;
    site.requests = [request];
    site.errors = [
      errorRecord(model, { id, request, version, place, debuggee: site.debuggee }),
      ...site.errors,
    ];
  }

  async function open(path = "/__highball__/errors/7"): Promise<void> {
    await tab.goto(site.url(path));
    await tab.locator("html.scripted").waitFor();
  }

  /** The same, by a browser that may run code. */
  async function openUnlocked(path?: string): Promise<void> {
    await tab.goto(site.lock.unlockLink(site.url("/")));
    await tab.waitForURL("**/errors");
    await open(path);
    await prompt().waitFor();
  }

  const prompt = (): ReturnType<Tab["locator"]> => tab.locator(".panel.chosen textarea");
  const log = (): ReturnType<Tab["locator"]> => tab.locator(".panel.chosen .log");
  const chosen = (): Promise<string> => tab.locator(".panel.chosen header h2").innerText();
  const unfolded = (): ReturnType<Tab["locator"]> => tab.locator(".frames a.frame:visible");

  it("the page says what was raised, where in the application, and with which values", async () => {
    keep();
    await open();
    expect(await tab.title()).toBe("ZeroDivisionError: division by zero — POST /pay");
    expect(await tab.locator("h1").innerText()).toBe("ZeroDivisionError: division by zero");
    expect(await tab.locator(".headline .where").innerText()).toBe("in Cart.share shop/cart.py:14");
    expect(await tab.locator(".panel.chosen .source .here").innerText()).toContain(
      "return total / len(people or ())",
    );
    expect(await tab.locator(".panel.chosen mark").innerText()).toBe("total / len(people or ())");
    // Those of the running line are first.
    expect(await tab.locator(".panel.chosen .variable dt").allInnerTexts()).toEqual([
      "people",
      "total",
      "self",
      "prices",
      "note",
      "session",
      "lazy",
    ]);
    expect(complaints).toEqual([]);
  });

  it("frames are chosen by mouse and by keys, and library frames unfold by one", async () => {
    keep();
    await open();
    expect(await chosen()).toBe("Cart.share");
    expect(await unfolded().count()).toBe(2);
    await tab.keyboard.press("k");
    expect(await chosen()).toBe("pay");
    await tab.keyboard.press("ArrowDown");
    expect(await chosen()).toBe("Cart.share");
    await tab.keyboard.press("l");
    expect(await unfolded().count()).toBe(5);
    await tab.locator(".frames a.frame").first().click();
    expect(await chosen()).toBe("Flask.__call__");
    expect(await tab.locator(".frames [aria-current]").innerText()).toContain("Flask.__call__");
    await tab.keyboard.press("l");
    expect(await unfolded().count()).toBe(2);
  });

  it("the chosen frame stays in sight when those of libraries unfold above it", async () => {
    const above = Array.from({ length: 40 }, (_each, index) => libraryFrame({ function: `f${index}` }));
    keep(error({ frames: [...above, frame()] }));
    await open();
    await tab.keyboard.press("l");
    const sidebar = await tab.locator(".frames").boundingBox();
    const link = await tab.locator(".frames [aria-current]").boundingBox();
    expect(link?.y ?? Infinity).toBeLessThan((sidebar?.y ?? 0) + (sidebar?.height ?? 0));
  });

  it("without a script a link shows its frame, and no button is there that does nothing", async () => {
    keep();
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const page = await plain.newPage();
    await page.goto(site.url("/__highball__/errors/7"));
    expect(await page.locator(".panel:visible h2").allInnerTexts()).toEqual(["Cart.share"]);
    await page.locator(".frames a.frame", { hasText: "pay" }).click();
    expect(await page.locator(".panel:visible h2").allInnerTexts()).toEqual(["pay"]);
    await page.locator(".fold summary").click();
    await page.locator(".frames a.frame").first().click();
    expect(await page.locator(".panel:visible h2").allInnerTexts()).toEqual(["Flask.__call__"]);
    expect(await page.locator("button:visible").count()).toBe(0);
    await plain.close();
  });

  it("variables are searched as one types: others hide, matches are marked and unfolded", async () => {
    keep();
    await open();
    await tab.keyboard.press("/");
    await tab.keyboard.type("half");
    const rows = tab.locator(".panel.chosen .variable:visible dt");
    expect(await rows.allInnerTexts()).toEqual(["prices"]);
    expect(await tab.locator(".panel.chosen .found").innerText()).toBe("1 found");
    expect(await tab.evaluate("CSS.highlights.get('found').size")).toBeGreaterThan(0);
    await tab.keyboard.press("Escape");
    expect(await rows.count()).toBe(7);
    expect(await tab.evaluate("CSS.highlights.has('found')")).toBe(false);
    expect(await tab.locator(".panel.chosen .variables details[open]").count()).toBe(0);
  });

  it("an error is copied as Markdown and as text", async () => {
    keep();
    await open();
    const clipboard = (): Promise<string> => tab.evaluate("navigator.clipboard.readText()");
    await tab.keyboard.press("c");
    await expect.poll(clipboard, poll).toBe("## ZeroDivisionError: division by zero");
    expect(await tab.locator(".toast").innerText()).toBe("Copied as Markdown.");
    await tab.keyboard.press("t");
    await expect.poll(clipboard, poll).toBe("text of ZeroDivisionError: division by zero");
  });

  it("a link opens the editor at the line", async () => {
    keep();
    await open();
    expect(await tab.locator(".panel.chosen a.editor").getAttribute("href")).toBe(
      "vscode://file/home/me/shop/shop/cart.py:14",
    );
  });

  it("keys are shown by ?", async () => {
    keep();
    await open();
    await tab.getByRole("button", { name: "Keys" }).click();
    await tab.keyboard.press("Escape");
    await tab.keyboard.press("?");
    expect(await tab.locator("dialog[open]").innerText()).toContain("unfold or fold library frames");
    await tab.keyboard.press("Escape");
    expect(await tab.locator("dialog[open]").count()).toBe(0);
  });

  it("the console opens by the PIN, and stays locked for a wrong one", async () => {
    keep();
    await open();
    await tab.locator(".panel.chosen .locked").click();
    await tab.locator("#pin").fill("000-000-000");
    await tab.keyboard.press("Enter");
    await tab.locator(".problem", { hasText: "not the PIN" }).waitFor();
    expect(await prompt().isVisible()).toBe(false);
    await tab.locator("#pin").fill(PIN);
    await tab.keyboard.press("Enter");
    await prompt().waitFor();
    expect(await tab.evaluate("document.activeElement.tagName")).toBe("TEXTAREA");
    // Every frame is open then, and every tab.
    await tab.keyboard.press("Escape");
    await tab.keyboard.press("k");
    await prompt().waitFor();
  });

  it("the link of the terminal unlocks once, is in no address afterwards, and opens the tabs that wait", async () => {
    keep();
    await open();
    const link = site.lock.unlockLink(site.url("/"));
    const other = await context.newPage();
    await other.goto(link);
    await other.waitForURL("**/errors");
    await prompt().waitFor();
    const stranger = await browser.newPage();
    await stranger.goto(link);
    await stranger.locator("#outcome", { hasText: "used already" }).waitFor();
    expect(stranger.url()).toBe(site.url("/__highball__/unlock"));
    await stranger.locator("#pin").fill(PIN);
    await stranger.keyboard.press("Enter");
    await stranger.waitForURL("**/errors");
    await stranger.close();
  });

  it("a tab that is told late that it was locked goes on as the others, which were unlocked meanwhile", async () => {
    keep();
    const asked = new Promise<() => Promise<void>>((resolve) => {
      const late = async (route: Route): Promise<void> => {
        const response = await route.fetch();
        resolve(() => route.fulfill({ response }));
      };
      void tab.route("**/__highball__/session", late, { times: 1 });
    });
    const old = tab.waitForResponse("**/__highball__/session");
    await open();
    const answer = await asked;
    const other = await context.newPage();
    await other.goto(site.lock.unlockLink(site.url("/")));
    await other.waitForURL("**/errors");
    await prompt().waitFor();
    await answer();
    await (await old).finished();
    // By the time that a later answer was read, the old one was.
    await tab.evaluate("fetch('/').then((response) => response.text())");
    await open();
    await prompt().waitFor();
    expect(complaints).toEqual([]);
  });

  it("code runs in the frame that is seen: its value, what it prints, and an error", async () => {
    keep();
    site.debuggee.answer = (code) => {
      if (code === "boom")
        return done({ error: error({ message: "boom", frames: [frame({ file: "<console>" })] }) });
      return done({
        output: "\u001B[1mprinted\u001B[0m\n",
        value: list([literal("3"), dictionary([[text("'a'"), literal("1")]])]),
      });
    };
    await openUnlocked();
    await prompt().fill("self.items");
    await prompt().press("Enter");
    await log().locator(".result summary").click();
    expect(await log().innerText()).toContain(">>> self.items");
    expect(await log().innerText()).toMatch(/^printed$/m);
    expect(site.debuggee.evaluated).toEqual([["7.2", "self.items"]]);
    await prompt().fill("boom");
    await prompt().press("Enter");
    await log().locator(".short-traceback", { hasText: "ValueError: boom" }).waitFor();
    // Each frame has a console of its own.
    await prompt().press("Escape");
    await tab.keyboard.press("k");
    expect(await log().isVisible()).toBe(false);
    await tab.keyboard.press("i");
    await tab.keyboard.type("cart");
    await tab.keyboard.press("Enter");
    await log().locator(".result").waitFor();
    expect(site.debuggee.evaluated.at(-1)).toEqual(["7.1", "cart"]);
    expect(complaints).toEqual([]);
  });

  it("Enter goes on where Python wants more, with the indentation that it wants", async () => {
    keep();
    site.debuggee.answer = (code) =>
      code.endsWith("\n") ? done({ output: "012" }) : { status: "incomplete" };
    await openUnlocked();
    await prompt().fill("for i in range(3):");
    await prompt().press("Enter");
    await expect.poll(() => prompt().inputValue(), poll).toBe("for i in range(3):\n    ");
    await prompt().pressSequentially("print(i)");
    await prompt().press("Enter");
    await expect.poll(() => prompt().inputValue(), poll).toBe("for i in range(3):\n    print(i)\n    ");
    await prompt().press("Enter");
    await log().waitFor();
    expect(await log().innerText()).toContain(">>> for i in range(3):\n...     print(i)");
    expect(await prompt().inputValue()).toBe("");
  });

  it("what was run before comes back, after the page was loaded again too", async () => {
    keep();
    await openUnlocked();
    for (const code of ["first", "second"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await prompt().fill(code);
      // oxlint-disable-next-line no-await-in-loop
      await prompt().press("Enter");
      // oxlint-disable-next-line no-await-in-loop
      await log().locator("pre", { hasText: code }).waitFor();
    }
    await tab.reload();
    await prompt().waitFor();
    await prompt().fill("draft");
    const press = async (key: string): Promise<string> => {
      await prompt().press(key);
      return prompt().inputValue();
    };
    expect(await press("ArrowUp")).toBe("second");
    expect(await press("ArrowUp")).toBe("first");
    expect(await press("ArrowDown")).toBe("second");
    expect(await press("ArrowDown")).toBe("draft");
  });

  it("Tab completes: one at once, several from a list, and leaves an empty line alone", async () => {
    keep();
    site.debuggee.completions = ["items"];
    await openUnlocked();
    await prompt().fill("self.it");
    await prompt().press("Tab");
    await expect.poll(() => prompt().inputValue(), poll).toBe("self.items");
    site.debuggee.completions = ["self.items", "self.owner"];
    await prompt().fill("self.");
    await prompt().press("Tab");
    const options = tab.locator("[role=option]:visible");
    await options.first().waitFor();
    expect(await options.allInnerTexts()).toEqual(["self.items", "self.owner"]);
    await prompt().press("ArrowDown");
    expect(await tab.locator("[aria-selected=true]").innerText()).toBe("self.owner");
    await prompt().press("Enter");
    expect(await prompt().inputValue()).toBe("self.owner");
    await prompt().fill("");
    await prompt().press("Tab");
    expect(await tab.evaluate("document.activeElement.tagName")).not.toBe("TEXTAREA");
  });

  it("what is written on narrows the completions, to their end", async () => {
    keep();
    site.debuggee.completions = ["self.items", "self.item_count", "self.owner"];
    await openUnlocked();
    await prompt().fill("self.");
    await prompt().press("Tab");
    const options = tab.locator("[role=option]:visible");
    await options.first().waitFor();
    await prompt().pressSequentially("item");
    expect(await options.allInnerTexts()).toEqual(["self.items", "self.item_count"]);
    await prompt().press("Backspace");
    await prompt().press("s");
    expect(await options.count()).toBe(0);
    await prompt().press("Backspace");
    expect(await prompt().inputValue()).toBe("self.ite");
  });

  it("code from the midst of a file is pasted so that it runs; long lines are all seen", async () => {
    keep();
    await openUnlocked();
    await tab.evaluate("navigator.clipboard.writeText('    if x:\\n        print(x)\\n')");
    await prompt().press("Control+v");
    await expect.poll(() => prompt().inputValue(), poll).toBe("if x:\n    print(x)\n");
    expect(await tab.locator(".panel.chosen .prompt .chevrons").innerText()).toBe(">>>\n...\n...");
    await prompt().fill("word ".repeat(200));
    const [seen, all] = await prompt().evaluate((area) => [area.clientHeight, area.scrollHeight]);
    expect(seen).toBe(all);
  });

  it("Ctrl+C begins anew, and what was written is in the history", async () => {
    keep();
    await openUnlocked();
    await prompt().fill("def f():\n    ");
    await prompt().press("Backspace");
    expect(await prompt().inputValue()).toBe("def f():\n");
    await prompt().press("Control+c");
    expect(await prompt().inputValue()).toBe("");
    await prompt().press("ArrowUp");
    expect(await prompt().inputValue()).toBe("def f():\n");
  });

  it("what runs for long can be interrupted", async () => {
    keep();
    const running: { end?: () => void } = {};
    site.debuggee.answer = () =>
      new Promise((resolve) => {
        running.end = () =>
          resolve(done({ error: error({ type: "KeyboardInterrupt", message: "", frames: [] }) }));
        site.debuggee.interrupted = () => running.end?.();
      });
    await openUnlocked();
    await prompt().fill("while True: pass");
    await prompt().press("Enter");
    await tab.getByText("Running…").waitFor();
    await tab.getByRole("button", { name: "Interrupt" }).click();
    await log().locator(".error-line", { hasText: "KeyboardInterrupt" }).waitFor();
    expect(await tab.locator(".running-note").isVisible()).toBe(false);
    await prompt().fill("while 1: pass");
    await prompt().press("Enter");
    await tab.locator(".running-note:visible").waitFor();
    // It may take its time.
    site.debuggee.interrupted = () => {};
    await prompt().press("Control+c");
    await tab.getByText("Interrupting…").waitFor();
    running.end?.();
    await log().locator(".error-line", { hasText: "KeyboardInterrupt" }).nth(1).waitFor();
  });

  it("a frame whose process has ended says so, before and while one asks", async () => {
    keep();
    await openUnlocked();
    site.debuggee.isGone = true;
    await prompt().fill("1");
    await prompt().press("Enter");
    await tab.locator(".panel.chosen .gone", { hasText: "has ended" }).waitFor();
    await tab.reload();
    await tab.locator(".notice", { hasText: "has ended" }).waitFor();
    expect(await prompt().count()).toBe(0);
    site.debuggee.isGone = false;
    await tab.reload();
    await prompt().focus();
    // Before one asks, where the page hears of new code.
    site.debuggee.isGone = true;
    site.code.became("ready", 2);
    await tab.locator(".notice", { hasText: "has ended" }).waitFor();
    expect(await prompt().isVisible()).toBe(false);
    expect(await tab.evaluate("document.activeElement.className")).toContain("panel");
  });

  it("a page that was left open does nothing to the errors and requests of the next run of the server", async () => {
    keep();
    await openUnlocked();
    // As if it had been made before: the numbers are those of another error now.
    await tab.evaluate("document.body.dataset.run = 'earlier'");
    await prompt().fill("self");
    await prompt().press("Enter");
    await tab.locator(".panel.chosen .gone", { hasText: "was started again" }).waitFor();
    await tab.keyboard.press("r");
    await tab.locator(".replay", { hasText: "was started again" }).waitFor();
    await tab.evaluate("document.body.dataset.madeBy = 'earlier.1.0'");
    site.code.became("ready", 2);
    await tab.locator(".replay", { hasText: "this error and its request are kept no more" }).waitFor();
    await tab.locator(".notice", { hasText: "has ended" }).waitFor();
    expect(await tab.locator(".notice .hint").count()).toBe(0);
    expect(await tab.getByRole("button", { name: "Send the request again" }).count()).toBe(0);
    expect([site.debuggee.evaluated, site.replays]).toEqual([[], []]);
  });

  it("Ctrl+L clears the console", async () => {
    keep();
    await openUnlocked();
    await prompt().fill("1");
    await prompt().press("Enter");
    await log().waitFor();
    await prompt().press("Control+l");
    expect(await log().isVisible()).toBe(false);
  });

  it("the console without an error runs code in the application", async () => {
    site.debuggee.answer = () => done({ value: literal("2") });
    await openUnlocked("/__highball__/console");
    // There is nothing else to do on that page.
    await tab.keyboard.type("1 + 1");
    await prompt().press("Enter");
    await log().locator(".result", { hasText: "2" }).waitFor();
    expect(site.debuggee.evaluated).toEqual([["console", "1 + 1"]]);
    // While the code is loaded there is nobody to ask; what was written waits for it.
    site.debuggee.isGone = true;
    await prompt().fill("2 + 2");
    await prompt().press("Enter");
    await tab.locator(".toast", { hasText: "No process of the application runs" }).waitFor();
    site.debuggee.isGone = false;
    await prompt().press("Enter");
    await expect.poll(() => site.debuggee.evaluated.length, poll).toBe(2);
    await log().locator(".result").nth(1).waitFor();
    // A new server that asks for no PIN knows nobody, and lets everybody of this machine in.
    site.startAgain({ kind: "off" });
    await prompt().fill("3 + 3");
    await prompt().press("Enter");
    await expect.poll(() => site.debuggee.evaluated.length, poll).toBe(3);
    expect(await tab.locator("dialog.unlock").isVisible()).toBe(false);
  });

  it("new code offers to send the request again; the outcome takes the offer's place", async () => {
    keep(errorModels.plain, "GET", "/pay?n=0");
    await openUnlocked();
    await expect.poll(() => site.events.listening, poll).toBe(1);
    site.code.became("loading", 2);
    site.code.became("ready", 2);
    await tab.locator(".replay", { hasText: "The code was loaded again." }).waitFor();
    await tab.getByRole("button", { name: "Send the request again" }).click();
    await tab.locator(".replay", { hasText: "GET /pay?n=0 → 200 in 12 ms" }).waitFor();
    expect(site.replays).toEqual([12]);
    const opened = context.waitForEvent("page");
    await tab.getByRole("link", { name: "Open in a new tab" }).click();
    expect((await opened).url()).toBe(site.url("/pay?n=0"));
    expect(await (await opened).textContent("body")).toContain("mended");
    expect(new URL(tab.url()).pathname).toBe("/__highball__/errors/7");
    expect(complaints).toEqual([]);
  });

  it("the response of a request that was sent again is shown as text, by keys alone, on the request's page too", async () => {
    keep();
    await openUnlocked();
    await tab.keyboard.press("r");
    const status = tab
      .getByRole("status")
      .filter({ hasText: "POST /pay → 200 in 12 ms, application/json, 31 bytes" });
    await status.waitFor();
    const answer = tab.getByRole("region", { name: /^Response (200|302) OK$/ });
    const body = tab.getByRole("region", { name: "Body of the response" });
    // In lines, and without what is nobody's business.
    expect(await body.innerText()).toBe('{\n  "share": 2,\n  "token": "••••••(8–15)"\n}');
    expect(await answer.getByText("Set-Cookie").isVisible()).toBe(false);
    await tab.evaluate("scrollTo(0, document.body.scrollHeight)");
    await tab.getByRole("button", { name: "See the response" }).press("Enter");
    await expect
      .poll(() => answer.evaluate((region) => region.getBoundingClientRect().top), poll)
      .toBeLessThan(200);
    await tab.keyboard.press("Tab"); // the request that it is kept as
    await tab.keyboard.press("Tab"); // "Body"
    await tab.keyboard.press("Tab");
    expect(await tab.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      "Body of the response",
    );
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await answer.getByText("session=••••••(8–15); Path=/").waitFor();
    // Nothing of the application becomes markup, and more than there is room for scrolls.
    const sent = `${EVIL.replaceAll("\0", "")}\n${"line\n".repeat(500)}`;
    site.replay = () =>
      replayed({
        status: 302,
        answer: replayAnswer({
          status: 302,
          body: sent,
          contentType: "text/html",
          headers: [
            [EVIL, EVIL],
            ["Location", "/orders/7"],
          ],
          bodyIsCut: true,
        }),
      });
    await open("/__highball__/requests/12");
    await tab.keyboard.press("r");
    await body.waitFor();
    expect(await body.textContent()).toBe(sent);
    expect(await answer.innerText()).toContain("It leads to /orders/7, which was not asked for.");
    expect(await answer.locator("img, script").count()).toBe(0);
    expect(await body.evaluate((region) => region.clientHeight)).toBeLessThan(500);
    expect(await answer.innerText()).toContain("the first 64 KiB of it");
    expect(complaints).toEqual([]);
  });

  it("a request that fails again leads to its new error; r sends it as well, and a tick on every reload", async () => {
    keep();
    await openUnlocked();
    keep(errorModels.context);
    site.replay = () => replayed({ request: 13, status: 500, error: 8 });
    await tab.keyboard.press("r");
    await tab.waitForURL("**/errors/8");
    await expect.poll(() => site.events.listening, poll).toBe(1);
    site.replay = () => replayed({ request: 14, status: 201 });
    site.code.became("ready", 2);
    await tab.getByLabel("after every reload").check();
    site.code.became("ready", 3);
    await tab.locator(".replay", { hasText: "POST /pay → 201" }).waitFor();
    // It is remembered.
    await tab.reload();
    expect(await tab.locator(".replay input").isChecked()).toBe(true);
  });

  it("a page that has not been unlocked asks for the PIN before it sends anything", async () => {
    keep();
    await open();
    await tab.keyboard.press("r");
    await tab.locator("#pin").fill(PIN);
    await tab.keyboard.press("Enter");
    await tab.locator(".replay", { hasText: "POST /pay → 200" }).waitFor();
    expect(site.replays).toEqual([12]);
  });

  it("the page of a failed GET at its own address is loaded again, without any PIN", async () => {
    keep(errorModels.plain, "GET", "/pay");
    site.failing.add("/pay");
    await open("/pay");
    site.failing.clear();
    await tab.keyboard.press("r");
    await expect.poll(() => tab.textContent("body").catch(() => ""), poll).toContain("mended");
  });

  it("code that could not be loaded: a page loads itself again, and a form is not sent by itself", async () => {
    site.failing.add("/pay");
    keep(errorModels.syntax, "GET", "/pay", "load");
    await open("/pay");
    await expect.poll(() => site.events.listening, poll).toBe(1);
    site.application = '<!doctype html><form method=post action="/pay"><button>Pay</button></form>';
    site.failing.clear();
    site.code.became("ready", 2);
    await tab.getByRole("button", { name: "Pay" }).waitFor();
    keep(errorModels.syntax, "POST", "/pay", "load");
    site.failing.add("/pay");
    await tab.getByRole("button", { name: "Pay" }).click();
    await expect.poll(() => site.events.listening, poll).toBe(1);
    site.failing.clear();
    site.code.became("ready", 3);
    await tab.locator(".replay", { hasText: "The code was loaded again." }).waitFor();
    expect(await tab.locator("h1").innerText()).toContain("SyntaxError");
    // Where it is wished for, a page that needs no permission does so too.
    keep(errorModels.plain, "GET", "/pay");
    site.failing.add("/pay");
    await open("/pay");
    site.code.became("ready", 4);
    await tab.getByLabel("after every reload").check();
    site.failing.clear();
    site.code.became("ready", 5);
    await tab.getByRole("button", { name: "Pay" }).waitFor();
  });

  it("the list of errors grows as they happen", async () => {
    await open("/__highball__/errors");
    await expect.poll(() => site.events.listening, poll).toBe(1);
    expect(await tab.locator(".empty").isVisible()).toBe(true);
    keep();
    site.events.tellError({ id: 7, title: "x", place: "request" });
    const rows = tab.locator("#errors .title");
    await expect.poll(() => rows.allInnerTexts(), poll).toEqual(["ZeroDivisionError: division by zero"]);
    keep(errorModels.context);
    site.events.tellError({ id: 8, title: "x", place: "thread" });
    await expect.poll(() => rows.count(), poll).toBe(2);
    expect(await rows.first().innerText()).toContain("AttributeError");
    await rows.first().click();
    await tab.waitForURL("**/errors/8");
  });

  it("a page of the application is told once of an error that has no page of its own", async () => {
    site.application = `<!doctype html><title>shop</title><p>page<script src="/__highball__/refresh.js" data-version="${site.code.version}"></script>`;
    await tab.goto(site.url("/"));
    await expect.poll(() => site.events.listening, poll).toBe(1);
    for (const place of ["request", "thread", "thread"]) site.events.tellError({ id: 7, title: EVIL, place });
    const notice = tab.locator("li a");
    await notice.waitFor();
    expect(await notice.count()).toBe(1);
    expect(await notice.textContent()).toBe(EVIL.replaceAll("\0", "\0"));
    expect(await notice.getAttribute("href")).toBe(site.url("/__highball__/errors/7"));
    expect(site.events.listening).toBe(1);
    await tab.getByRole("button", { name: "Dismiss" }).click();
    expect(await notice.count()).toBe(0);
  });

  it("another origin cannot unlock, look, or frame the page", async () => {
    keep();
    const foreign = await DebuggerSite.open();
    try {
      await tab.goto(foreign.url("/"));
      const outcome = await tab.evaluate(
        `fetch("${site.url("/__highball__/unlock")}", { method: "POST", credentials: "include",
          headers: { "Content-Type": "application/json" }, body: '{"pin":"${PIN}"}' }).then(() => "sent", () => "refused")`,
      );
      expect(outcome).toBe("refused");
      const looked = await tab.evaluate(
        `fetch("${site.url("/__highball__/errors/7")}", { mode: "no-cors", credentials: "include" })
          .then((response) => response.type, () => "refused")`,
      );
      expect(looked).toBe("refused");
      foreign.application = `<iframe src="${site.url("/__highball__/errors/7")}"></iframe>`;
      await tab.goto(foreign.url("/"));
      expect(await tab.frames()[1]?.locator("body").innerText()).not.toContain("ZeroDivisionError");
    } finally {
      foreign.close();
    }
  });

  it("what an error says is text wherever it stands", async () => {
    keep(errorModels.evil, "GET", `/<script>self.hacked=1</script>`);
    site.debuggee.answer = () => done({ value: text(EVIL), output: EVIL, error: errorModels.evil });
    await open();
    await tab.keyboard.press("l");
    expect(await tab.locator("img, script:not([nonce])").count()).toBe(0);
    expect(await tab.evaluate("self.hacked")).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it("what failed is in sight, however far to the right, and a long message does not hide it", async () => {
    const line = `data = [${"0, ".repeat(1500)}]; return data[key]`;
    const column = line.indexOf("data[key]");
    const range = { startLine: 1, startColumn: column, endLine: 1, endColumn: column + 9 };
    keep(
      error({
        message: "The message is very long. ".repeat(50),
        frames: [frame({ line: 1, range, source: { first: 1, lines: [line] } })],
      }),
    );
    await open();
    const mark = await tab.locator(".panel.chosen mark").boundingBox();
    const source = await tab.locator(".panel.chosen .source").boundingBox();
    expect((mark?.x ?? 0) + (mark?.width ?? 0)).toBeLessThanOrEqual((source?.x ?? 0) + (source?.width ?? 0));
    expect((await tab.locator("h1").boundingBox())?.height).toBeLessThan(120);
  });

  it("a line that failed as a whole is read from its beginning", async () => {
    const line = `    rows = execute("select ${"name, ".repeat(40)}id from product")`;
    const range = { startLine: 1, startColumn: 11, endLine: 1, endColumn: line.length };
    keep(error({ frames: [frame({ line: 1, range, source: { first: 1, lines: [line] } })] }));
    await open();
    await tab.locator(".panel.chosen mark").first().waitFor();
    expect(await tab.locator(".panel.chosen .source").evaluate(({ scrollLeft }) => scrollLeft)).toBe(0);
  });

  it("with the system's own colours the chosen frame is another one than the rest", async () => {
    keep();
    await tab.emulateMedia({ forcedColors: "active" });
    await open();
    const borderOf = (link: string): Promise<string> =>
      tab.evaluate(`getComputedStyle(document.querySelector("${link}")).borderLeftColor`);
    const chosenBorder = await borderOf("a.frame[aria-current]");
    const otherBorder = await borderOf("a.frame:not([aria-current])");
    expect(chosenBorder).not.toBe(otherBorder);
  });

  it("on a phone nothing has to be scrolled sideways but code", async () => {
    for (const model of Object.values(errorModels)) {
      keep(model);
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await tab.setViewportSize({ width: 390, height: 844 });
      // oxlint-disable-next-line no-await-in-loop
      await open(`/__highball__/errors/${site.errors[0]?.id}`);
      // oxlint-disable-next-line no-await-in-loop
      expect(await tab.evaluate("document.documentElement.scrollWidth")).toBe(390);
    }
  });

  it("a choice on a phone brings what was chosen into sight", async () => {
    keep(error({ frames: Array.from({ length: 12 }, (_each, index) => frame({ function: `f${index}` })) }));
    await tab.setViewportSize({ width: 390, height: 500 });
    await open();
    await tab.locator(".frames a.frame").first().click();
    await expect
      .poll(
        () => tab.evaluate("document.querySelector('.panel.chosen').getBoundingClientRect().top < 300"),
        poll,
      )
      .toBe(true);
  });

  it("all of it is done by the keyboard", async () => {
    keep();
    site.debuggee.answer = () => done({ value: literal("7") });
    await open();
    await tab.keyboard.press("k");
    await tab.keyboard.press("Enter");
    expect(await tab.evaluate("document.activeElement.id")).toMatch(/^frame-/);
    await tab.keyboard.press("i");
    await tab.keyboard.press("Enter");
    await tab.keyboard.type(PIN);
    await tab.keyboard.press("Enter");
    await prompt().waitFor();
    await tab.keyboard.type("total");
    await tab.keyboard.press("Enter");
    await log().locator(".result").waitFor();
    await tab.keyboard.press("Escape");
    await tab.keyboard.press("j");
    expect(await chosen()).toBe("Cart.share");
  });

  it("an exception's cause comes before it, with Python's sentence", async () => {
    keep(
      error({
        message: "second",
        cause: exception({ message: "first", frames: [frame()] }),
        frames: [frame()],
      }),
    );
    await open();
    const shown = await tab.locator(".frames").innerText();
    expect(shown.indexOf("first")).toBeLessThan(shown.indexOf("direct cause of the following"));
    expect(shown.indexOf("direct cause of the following")).toBeLessThan(shown.indexOf("second"));
  });
});
