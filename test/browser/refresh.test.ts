/** What a browser does with the script of --refresh and with the error page. */
import type { Browser, Page as Tab } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Failure, Responder } from "../../src/application.ts";
import { CodeState } from "../../src/code-state.ts";
import { notLoaded, raised } from "../support/failures.ts";
import { failing, page, TestGateway } from "../support/gateway.ts";
import { describeBrowser, launchBrowser } from "./chromium.ts";

const DEADLINE = 15_000;

vi.setConfig({ testTimeout: 60_000 });

function syntaxError(message: string): Failure {
  const traceback = `  File "/srv/shop/app.py", line 3\n    app = Flask(\n               ^\nSyntaxError: ${message}\n`;
  return notLoaded({
    code: "APPLICATION_IMPORT_FAILED",
    message: `Importing 'app' failed: ${message}`,
    hint: "",
    traceback,
  });
}

function html(body: string, headers?: string): ReturnType<typeof page> {
  return page({
    body: `<!doctype html><title>shop</title>${body}`,
    ...(headers === undefined ? {} : { headers }),
  });
}

/** Puts the tab behind others, or to the front again: to script it makes no other difference. */
function turn(tab: Tab, hidden: boolean): Promise<unknown> {
  return tab.evaluate(
    `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"))`,
  );
}

describeBrowser("in Chromium", () => {
  let browser: Browser;
  let server: TestGateway;
  let tab: Tab;
  /** What the browser had to say. */
  let complaints: string[];
  /** Documents that the tab has loaded, and asked for. */
  let loads: number;
  let wishes: number;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await TestGateway.open({ settings: { refresh: true } });
    server.code.became("ready", 1);
    tab = await browser.newPage();
    complaints = [];
    loads = 0;
    wishes = 0;
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(String(error)));
    tab.on("domcontentloaded", () => (loads += 1));
    tab.on("request", (request) => {
      if (request.isNavigationRequest() && request.frame() === tab.mainFrame()) wishes += 1;
    });
  });
  afterEach(async () => {
    await tab.close();
    server.close();
  });

  function shows(text: string): Promise<void> {
    return expect.poll(() => tab.textContent("body").catch(() => ""), { timeout: DEADLINE }).toContain(text);
  }

  /** Resolves once as many documents listen. */
  function listen(count: number): Promise<void> {
    const events = server.gateway.internalRoutes?.events;
    return expect.poll(() => events?.listening, { timeout: DEADLINE }).toBe(count);
  }

  /**
   * Resolves once the page has heard what was told before: a connection of its own, opened later, has
   * heard as much, and what the page wished for then has reached this process.
   */
  async function heard(): Promise<void> {
    await tab.evaluate(`new Promise((resolve) => {
      const own = new EventSource("/__highball__/events");
      own.addEventListener("state", () => { own.close(); resolve(); });
    })`);
    for (let round = 0; round < 5; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await tab.evaluate('fetch("/__highball__/refresh.js", { cache: "no-store" }).then((it) => it.text())');
    }
  }

  /** Opens a page and resolves when it listens. */
  async function open(path = "/"): Promise<void> {
    await tab.goto(server.url(path));
    await listen(1);
  }

  it("a page is loaded again when new code serves, and no earlier", async () => {
    server.answer = html("<p>old</p>");
    await open();
    server.code.became("loading", 2);
    await heard();
    expect(wishes).toBe(1);
    server.answer = html("<p>new</p>");
    server.code.became("ready", 2);
    await shows("new");
    await listen(1);
    await heard();
    expect(wishes).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("a page stays where it was scrolled to", async () => {
    server.answer = html('<div style="height: 5000px">tall</div>');
    await open();
    await tab.evaluate("scrollTo(0, 1234)");
    server.answer = html('<div style="height: 5000px">taller</div>');
    server.code.became("ready", 2);
    await shows("taller");
    await expect.poll(() => tab.evaluate("scrollY"), { timeout: DEADLINE }).toBe(1234);
  });

  it.each(["page", "script"] as const)("a changed %s loads it again", async (role) => {
    server.answer = html("<p>old</p>");
    await open();
    server.answer = html("<p>new</p>");
    server.code.assetChanged(role);
    await shows("new");
    await listen(1);
    expect(loads).toBe(2);
  });

  it("stylesheets are replaced without loading the page again, once each", async () => {
    let colour = "rgb(1, 1, 1)";
    const late: Responder[] = [];
    server.answer = (responder, asked) => {
      if (asked.path === "/") html('<link rel="stylesheet" href="/s.css?a=1"><p>text</p>')(responder, asked);
      else if (colour === "") late.push(responder);
      else page({ type: "text/css", body: `p { color: ${colour} }` })(responder, asked);
    };
    await open();
    const seen = (): Promise<string> => tab.evaluate("getComputedStyle(document.querySelector('p')).color");
    expect(await seen()).toBe("rgb(1, 1, 1)");
    await tab.evaluate("self.mark = 1");
    for (const next of [2, 3]) {
      colour = `rgb(${next}, ${next}, ${next})`;
      server.code.assetChanged("style");
      // oxlint-disable-next-line no-await-in-loop -- one change after the other
      await expect.poll(seen, { timeout: DEADLINE }).toBe(colour);
    }
    // The next change comes while the stylesheet is on its way: the last one counts, and nothing is left behind.
    colour = "";
    server.code.assetChanged("style");
    await expect.poll(() => late.length, { timeout: DEADLINE }).toBe(1);
    colour = "rgb(9, 9, 9)";
    server.code.assetChanged("style");
    await expect.poll(seen, { timeout: DEADLINE }).toBe(colour);
    await expect
      .poll(() => tab.evaluate("document.querySelectorAll('link').length"), { timeout: DEADLINE })
      .toBe(1);
    expect(await tab.evaluate("document.querySelector('link').href")).toBe(
      server.url(`/s.css?a=1&highball=${server.code.version}`),
    );
    // The page is not taken for old either.
    server.code.became("ready", 1);
    server.code.assetChanged("style");
    await expect
      .poll(() => tab.evaluate("document.querySelector('link').href"), { timeout: DEADLINE })
      .toContain(server.code.version);
    expect(await tab.evaluate("self.mark")).toBe(1);
    expect(loads).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("a changed style on a page without a stylesheet of its own, or of old code, loads it again", async () => {
    server.answer = html('<link rel="stylesheet" href="data:text/css,p{}"><p>old</p>');
    await open();
    server.answer = html('<link rel="stylesheet" href="/s.css"><p>new</p>');
    server.code.assetChanged("style");
    await shows("new");
    await listen(1);
    server.answer = html("<p>newest</p>");
    server.code.became("loading", 2);
    server.code.assetChanged("style");
    await shows("newest");
    expect(loads).toBe(3);
  });

  it("a page that comes out of a cache, old again, is loaded once for each version", async () => {
    server.answer = html("<p>old</p>");
    await open();
    const old = await tab.content();
    await tab.route(server.url("/"), (route) => route.fulfill({ contentType: "text/html", body: old }));
    for (const count of [2, 3, 4]) {
      server.code.became("ready", count);
      // oxlint-disable-next-line no-await-in-loop -- one version after the other
      await expect.poll(() => loads, { timeout: DEADLINE }).toBe(count);
      // oxlint-disable-next-line no-await-in-loop
      await listen(1);
      // oxlint-disable-next-line no-await-in-loop
      await heard();
      expect(wishes).toBe(count);
    }
  });

  it("a page that was made by older code is loaded again when it is opened", async () => {
    server.answer = (responder, asked) => {
      html("<p>old</p>")(responder, asked);
      server.code.became("ready", 2);
      server.answer = html("<p>new</p>");
    };
    await tab.goto(server.url("/"));
    await shows("new");
    await listen(1);
    expect(loads).toBe(2);
  });

  it("a tab that nobody sees does not listen, and catches up when it is seen", async () => {
    server.answer = html("<p>old</p>");
    await open();
    await turn(tab, true);
    await listen(0);
    server.answer = html("<p>new</p>");
    server.code.became("ready", 2);
    await turn(tab, false);
    await shows("new");
    expect(loads).toBe(2);
  });

  it("a page that is gone back to listens again, and catches up", async () => {
    server.answer = html("<p>old</p>");
    await open("/a");
    await tab.evaluate("self.mark = 1");
    await tab.goto(server.url("/b"));
    await listen(1);
    await tab.goBack({ waitUntil: "commit" });
    await listen(1);
    // It is the very document that was left.
    expect(await tab.evaluate("self.mark")).toBe(1);
    await tab.goto(server.url("/b"));
    await listen(1);
    server.answer = html("<p>new</p>");
    server.code.became("ready", 2);
    await shows("new");
    await tab.goBack({ waitUntil: "commit" });
    await shows("new");
    expect(new URL(tab.url()).pathname).toBe("/a");
    expect(complaints).toEqual([]);
  });

  it("a page finds the server again when that was started anew", async () => {
    server.answer = html("<p>old</p>");
    await open();
    const { port } = server;
    await server.gateway.drain();
    server.close();
    server = await TestGateway.open({
      settings: { refresh: true },
      bind: `127.0.0.1:${port}`,
      code: new CodeState(),
    });
    server.answer = html("<p>new</p>");
    server.code.became("loading", 1);
    await listen(1);
    server.code.became("ready", 1);
    await shows("new");
    await listen(1);
    expect(loads).toBe(2);
  });

  it("broken code shows why, each new mistake its own, and mended code the page", async () => {
    server.answer = html("<p>works</p>");
    await open();
    server.answer = failing(syntaxError("first"));
    server.code.became("loading", 2);
    server.code.became("failed", 2);
    await shows("SyntaxError: first");
    expect(await tab.title()).toBe("SyntaxError: first");
    expect(await tab.textContent("h1")).toBe("SyntaxError: first");
    await shows("This page loads again when the code does");
    await listen(1);
    server.answer = failing(syntaxError("second"));
    server.code.became("failed", 3);
    await shows("SyntaxError: second");
    await listen(1);
    server.answer = html("<p>mended</p>");
    server.code.became("ready", 4);
    await shows("mended");
    await listen(1);
    expect(loads).toBe(4);
    // That the document has the status 500 is the browser's own remark.
    expect(complaints.filter((text) => !text.includes("status of 500"))).toEqual([]);
  });

  it("an exception shows its page without --refresh too, until the code is mended", async () => {
    server.close();
    server = await TestGateway.open({ settings: { refresh: false } });
    server.code.became("ready", 1);
    server.answer = failing(raised("KeyError: 'x'\n"));
    await open("/cart");
    await shows("KeyError: 'x'");
    await shows("GET /cart");
    server.answer = html("<p>mended</p>");
    server.code.became("ready", 2);
    await shows("mended");
    await listen(0);
    expect(loads).toBe(2);
  });

  it("what an error says is text, whatever it is", async () => {
    const nasty = '</title></h1><script>self.hacked = 1</script><img src=x onerror="self.hacked = 1">';
    server.answer = failing(raised(`  File "${nasty}", line 1, in f\nError: ${nasty}\n`));
    await open();
    expect(await tab.textContent("h1")).toBe(`Error: ${nasty}`);
    expect(await tab.title()).toBe(`Error: ${nasty}`);
    expect(await tab.evaluate("self.hacked")).toBeUndefined();
    expect(await tab.evaluate("document.images.length")).toBe(0);
  });

  it("under a strict policy the page is left alone", async () => {
    server.answer = html("<p>strict</p>", "Content-Security-Policy: default-src 'none'");
    await tab.goto(server.url("/"));
    expect(await tab.evaluate("document.scripts.length")).toBe(0);
    expect(server.gateway.internalRoutes?.events.listening).toBe(0);
    expect(complaints).toEqual([]);
  });

  it.each([
    ["a nonce", "default-src 'self'; script-src 'nonce-abc' 'strict-dynamic'"],
    ["its own origin", "default-src 'self'"],
    ["its host and port", "default-src 'none'; script-src HOST; connect-src HOST"],
    ["two policies", "script-src 'nonce-abc', default-src 'self'"],
    ["trusted types", "default-src 'self'; require-trusted-types-for 'script'"],
  ])("under a policy with %s it follows", async (_what, policy) => {
    const headers = `Content-Security-Policy: ${policy.replaceAll("HOST", `127.0.0.1:${server.port}`)}`;
    server.answer = html("<p>old</p>", headers);
    await open();
    server.answer = html("<p>new</p>", headers);
    server.code.became("ready", 2);
    await shows("new");
    expect(complaints).toEqual([]);
  });

  it("a frame follows on its own, and one without an origin not at all", async () => {
    server.answer = (responder, asked) => {
      if (asked.path !== "/") html("<p>frame")(responder, asked);
      else
        html('<iframe src="/a"></iframe><iframe src="/b" sandbox="allow-scripts"></iframe>')(
          responder,
          asked,
        );
    };
    await tab.goto(server.url("/"));
    await listen(2);
    // The browser says that the script is for pages of this origin only.
    await expect
      .poll(() => complaints, { timeout: DEADLINE })
      .toEqual([expect.stringContaining("NotSameOrigin")]);
    server.code.became("ready", 2);
    await expect.poll(() => loads, { timeout: DEADLINE }).toBe(2);
    await listen(2);
    await heard();
    expect(wishes).toBe(2);
    expect(complaints.filter((complaint) => !complaint.includes("NotSameOrigin"))).toEqual([]);
  });

  it("a page that is not seen to its end is loaded again all the same", async () => {
    server.answer = html("<p>no end: <b><table><td><ul><li>");
    await open();
    server.answer = html("<p>new</p></body></html>");
    server.code.became("ready", 2);
    await shows("new");
    await listen(1);
    expect(loads).toBe(2);
  });
});
