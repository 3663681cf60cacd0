/** Applications of Flask and Django that fail, served by Highball, debugged and mended in a browser. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser, Page as Tab } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { describeFramework, python } from "../support/environment.ts";
import { describeBrowser, launchBrowser } from "./chromium.ts";

const DEADLINE = 20_000;
const PIN = "271-828-182";
const poll = { timeout: DEADLINE };

vi.setConfig({ testTimeout: 90_000 });

const CART = `class Cart:
    def __init__(self, owner, prices):
        self.owner = owner
        self.prices = prices

    def share(self, people):
        total = sum(self.prices)
        return total / people
`;

const FLASK = {
  "app.py": `from flask import Flask, render_template, request, url_for
from cart import Cart

app = Flask(__name__)

@app.get("/")
def index():
    return "<!doctype html><title>shop</title><form method=post action=/pay><input name=people value=0><button>Pay</button></form>"

@app.post("/pay")
def pay():
    people = int(request.form["people"])
    return f"<!doctype html><title>paid</title>each pays {Cart('ada', [3, 4]).share(people)}"

@app.get("/hello")
def hello():
    return render_template("hello.html", user=None)

@app.get("/count/<int:n>")
def count(n):
    return count(n + 1)

@app.get("/stream")
def stream():
    def parts():
        yield "<!doctype html><title>stream</title><p>the beginning</p>"
        yield "<p>more</p>"
        raise RuntimeError("in the middle")
    return parts(), {"Content-Type": "text/html"}
`,
  "cart.py": CART,
  "templates/hello.html": "<!doctype html>\n<title>hello</title>\n<p>{{ user.name.first }}</p>\n",
};

const DJANGO = {
  "app.py": `import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from cart import Cart

settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])

def pay(request):
    return HttpResponse(f"each pays {Cart('ada', [3, 4]).share(int(request.GET['people']))}")

urlpatterns = [path("pay", pay)]
app = get_wsgi_application()
`,
  "cart.py": CART,
};

describeBrowser("in Chromium", () => {
  let browser: Browser;
  /** Of the project, and what it is in. */
  let folder: string;
  let home: string;
  let server: Server;
  let tab: Tab;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "highball-debugger-")));
    folder = join(home, "project");
    vi.stubEnv("XDG_STATE_HOME", join(home, "state"));
  });
  afterEach(async () => {
    await tab.close();
    await server.close();
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });

  async function start(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    server = await serve({
      mode: "development",
      application: "app:app",
      chdir: folder,
      bind: ["127.0.0.1:0"],
      python,
      env: { HIGHBALL_DEBUG_PIN: PIN },
      refresh: true,
      accessLogfile: join(home, "access.log"),
      errorLogfile: join(home, "error.log"),
    });
    tab = await browser.newPage();
    tab.setDefaultTimeout(DEADLINE);
  }

  const prompt = (): ReturnType<Tab["locator"]> => tab.locator(".panel.chosen textarea");
  const log = (): ReturnType<Tab["locator"]> => tab.locator(".panel.chosen .log");

  async function unlock(): Promise<void> {
    await tab.locator(".panel.chosen .locked").click();
    await tab.locator("#pin").fill(PIN);
    await tab.keyboard.press("Enter");
    await prompt().waitFor();
  }

  /** Runs code in the frame that is seen. @returns all that the console shows */
  async function run(code: string): Promise<string> {
    await prompt().fill(code);
    await prompt().press("Enter");
    const [first = code] = code.split("\n");
    await log().locator("pre.code", { hasText: first }).waitFor();
    return log().innerText();
  }

  /** Resolves when the page has heard of new code, which is on its way since the file was saved. */
  function mended(): Promise<void> {
    return tab.locator(".replay", { hasText: "The code was loaded again." }).waitFor();
  }

  /** Resolves when the page of the application hears of what happens: what opens its stream later has heard. */
  async function listening(): Promise<void> {
    await tab.waitForFunction("self.highballRefresh === true");
    await tab.evaluate(`new Promise((resolve) => {
      const own = new EventSource("/__highball__/events");
      own.addEventListener("state", () => { own.close(); resolve(); });
    })`);
  }

  describeFramework("Flask", () => {
    it("a wrong form field: seen, looked into, mended, and sent again with the same form", async () => {
      await start(FLASK);
      await tab.goto(server.url);
      await tab.getByRole("button", { name: "Pay" }).click();
      await expect.poll(() => tab.title(), poll).toBe("ZeroDivisionError: division by zero — POST /pay");
      expect(await tab.locator(".headline .where").innerText()).toBe("in Cart.share cart.py:8");
      const names = await tab.locator(".panel.chosen .variable").allInnerTexts();
      expect(names.slice(0, 2).map((row) => row.replaceAll(/\s+/g, " "))).toEqual(["people 0", "total 7"]);
      expect(await tab.locator(".request .part[open]", { hasText: "Form" }).innerText()).toMatch(
        /people\s+0/,
      );
      await unlock();
      expect(await run("total / (people or 1)")).toContain("7.0");
      expect(await run("for price in self.prices:\n    print(price)\n")).toContain("3\n4");
      expect(await run("nothing")).toContain("NameError: name 'nothing' is not defined");
      // The frame above has Flask's request, though it has ended.
      await prompt().press("Escape");
      await tab.keyboard.press("k");
      expect(await run("request.form['people'] + url_for('hello')")).toContain("'0/hello'");
      await prompt().fill("request.meth");
      await prompt().press("Tab");
      await expect.poll(() => prompt().inputValue(), poll).toBe("request.method");
      await prompt().fill("");
      writeFileSync(join(folder, "cart.py"), CART.replace("total / people", "total / (people or 1)"));
      await mended();
      await tab.getByRole("button", { name: "Send the request again" }).click();
      await tab.locator(".replay", { hasText: /POST \/pay → 200 in \d/ }).waitFor();
      // Its frames went with the code that they belonged to.
      await prompt().fill("total");
      await prompt().press("Enter");
      await tab.locator(".panel.chosen .gone").waitFor();
    });

    it("what runs without end is interrupted", async () => {
      await start(FLASK);
      await tab.goto(server.url);
      await tab.getByRole("button", { name: "Pay" }).click();
      await unlock();
      await prompt().fill("while True: pass");
      // The loop has to have ended the line: one more Enter is what Python asks for.
      await prompt().press("Enter");
      await expect.poll(() => prompt().inputValue(), poll).toMatch(/pass\n/);
      await prompt().press("Enter");
      await tab.getByRole("button", { name: "Interrupt" }).click();
      await log().locator(".error-line", { hasText: "KeyboardInterrupt" }).waitFor();
    });

    it("an error in a template shows the template", async () => {
      await start(FLASK);
      await tab.goto(`${server.url}/hello`);
      expect(await tab.locator("h1").innerText()).toContain("UndefinedError");
      expect(await tab.locator(".panel.chosen header").innerText()).toContain("hello.html:3");
      expect(await tab.locator(".panel.chosen .source .here").innerText()).toContain("{{ user.name.first }}");
      writeFileSync(join(folder, "templates/hello.html"), "<!doctype html><title>hello</title><p>mended");
      await mended();
      await tab.keyboard.press("r");
      await expect.poll(() => tab.title(), poll).toBe("hello");
    });

    it("a recursion is folded, and an error in a streamed page comes as a notice in it", async () => {
      await start(FLASK);
      await tab.goto(`${server.url}/count/0`);
      expect(await tab.locator("h1").innerText()).toContain("RecursionError");
      expect(await tab.locator(".repeated").first().innerText()).toMatch(/this frame \d+ more times/);
      // The end of a body that breaks off is missing, and the script of --refresh with it: another page hears of it.
      await tab.goto(server.url);
      const other = await browser.newPage();
      await listening();
      await other.goto(`${server.url}/stream`, { waitUntil: "commit" });
      await other.close();
      await tab.getByRole("link", { name: "RuntimeError: in the middle" }).click();
      await tab.waitForURL("**/__highball__/errors/*");
      expect(await tab.locator(".bar").innerText()).toContain("while the response was sent");
    });
  });

  describeFramework("Django", () => {
    it("an exception with DEBUG on has this page, and a frame to look into", async () => {
      await start(DJANGO);
      await tab.goto(`${server.url}/pay?people=0`);
      expect(await tab.title()).toBe("ZeroDivisionError: division by zero — GET /pay?people=0");
      expect(await tab.locator(".fold").first().innerText()).toMatch(/frames of django/);
      await tab.keyboard.press("l");
      expect(await tab.locator(".frames a.frame:visible").count()).toBeGreaterThan(3);
      await tab.keyboard.press("l");
      await unlock();
      expect(await run("self.owner")).toContain("'ada'");
      await prompt().press("Escape");
      await tab.keyboard.press("k");
      expect(await run("request.GET['people']")).toContain("'0'");
      writeFileSync(join(folder, "cart.py"), CART.replace("total / people", "total / (people or 1)"));
      await mended();
      await tab.keyboard.press("Escape");
      await tab.evaluate("document.activeElement.blur()");
      await tab.keyboard.press("r");
      await tab.locator(".replay", { hasText: /GET \/pay\?people=0 → 200 in \d/ }).waitFor();
      const opened = tab.context().waitForEvent("page");
      await tab.locator(".replay a", { hasText: "Open in a new tab" }).click();
      expect(await (await opened).textContent("body")).toContain("each pays 7.0");
    });
  });

  describe("any application", () => {
    it("code that cannot be loaded shows where, and the page when it is mended", async () => {
      const good =
        "def app(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/html')])\n    return [b'<!doctype html><p>mended']\n";
      await start({ "app.py": good });
      await tab.goto(server.url);
      await listening();
      writeFileSync(join(folder, "app.py"), good.replace("environ,", "environ"));
      await expect.poll(() => tab.title().catch(() => ""), poll).toContain("SyntaxError");
      expect(await tab.locator(".panel.chosen h2").innerText()).toBe("This cannot be read as Python");
      writeFileSync(join(folder, "app.py"), good);
      await expect.poll(() => tab.textContent("body").catch(() => ""), poll).toContain("mended");
    });
  });
});
