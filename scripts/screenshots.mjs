/**
 * Makes docs/images: the debugger's pages as they are, of an application that fails. Needs Debian's Chromium.
 *
 * npm run build && node scripts/screenshots.mjs
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const APPLICATION = `from flask import Flask, request

from prices import total

app = Flask(__name__)


@app.post("/order")
def order():
    basket = request.get_json()
    return {"total": total(basket["items"], basket["currency"])}
`;

const PRICES = `RATES = {"EUR": 1.0, "USD": 1.08}
PRICES = {"tea": 4.50, "cake": 3.20}


def total(items, currency):
    """What the items cost, in a currency."""
    rate = RATES[currency]
    return round(sum(price(item) for item in items) * rate, 2)


def price(item):
    return PRICES[item["name"]] * item["count"]
`;

const CODE = ["item", "sorted(PRICES)", "request.json['currency']"];

const images = fileURLToPath(new URL("../docs/images", import.meta.url));
const python = fileURLToPath(
  new URL("../node_modules/.cache/highball/tests/venv/bin/python", import.meta.url),
);
const folder = join(mkdtempSync(join(tmpdir(), "highball-")), "shop");
mkdirSync(folder);
writeFileSync(join(folder, "app.py"), APPLICATION);
writeFileSync(join(folder, "prices.py"), PRICES);
mkdirSync(images, { recursive: true });
process.env.XDG_STATE_HOME = join(folder, "..", "state");

const { serve } = await import("../dist/index.js");
const server = await serve({
  mode: "development",
  application: "app",
  chdir: folder,
  bind: ["127.0.0.1:0"],
  python,
  accessLogfile: null,
  errorLogfile: join(folder, "..", "log"),
  env: { HIGHBALL_DEBUG_PIN: "off" },
});
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const items = [
    { name: "tea", count: 2 },
    { name: "scone", count: 1 },
  ];
  const body = JSON.stringify({ items, currency: "EUR" });
  await fetch(`${server.url}/order`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    // oxlint-disable no-await-in-loop -- one page after the other
    const page = await browser.newPage({ viewport: { width: 1180, height: 860 }, colorScheme: scheme });
    await page.goto(`${server.url}/__highball__/errors/1`);
    const prompt = page.locator("textarea:visible").first();
    await prompt.waitFor();
    if (scheme === "dark") {
      for (const line of CODE) {
        await prompt.fill(line);
        await prompt.press("Enter");
        await page.waitForFunction(() => document.querySelector("textarea:focus")?.value === "");
      }
      await page.evaluate(() => scrollTo(0, 0));
    }
    await page.screenshot({ path: join(images, scheme === "light" ? "error-page.png" : "console.png") });
    // oxlint-enable no-await-in-loop
  }
} finally {
  await browser.close();
  await server.close();
  rmSync(join(folder, ".."), { recursive: true });
}
