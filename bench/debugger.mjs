#!/usr/bin/env node
/**
 * `npm run bench:debugger`: what the debugger costs, and how soon it answers; writes bench/DEBUGGER.md.
 *
 * - page: from the sending of a request of Flask's that raises to the moment at which Chromium has laid the page out
 *   and run its script (loadEventEnd), on a browser that runs already.
 * - evaluation: from the sending of the code to the end of its answer, over HTTP, as the page does it.
 * - memory: resident memory of the gateway and the worker with 100 kept errors, and without.
 * - cost: Flask's hello, which does not fail, on 32 connections: with --debug, without, and without again, in turn.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { Child, cleanUpAtExit } from "./lib/children.mjs";
import { Machine } from "./lib/environment.mjs";
import { measureOverhead } from "./lib/overhead.mjs";
import { highballCommand } from "./lib/paths.mjs";
import { processTree } from "./lib/process-tree.mjs";
import { answers, freePort } from "./lib/running-server.mjs";
import { median, percentile } from "./lib/statistics.mjs";

/** Runs in the page: milliseconds from its request to the end of its load. */
const READY = `new Promise((resolve) => {
  const look = () => {
    const [entry] = performance.getEntriesByType("navigation");
    if (entry.loadEventEnd === 0) requestAnimationFrame(look);
    else resolve(entry.loadEventEnd - entry.requestStart);
  };
  look();
})`;

const PAGES = 40;
const EVALUATIONS = 200;
const ERRORS = 100;

const APPLICATION = `
from flask import Flask, request
app = Flask(__name__)

@app.route("/")
def hello():
    return "Hello World!"

@app.route("/pay/<int:number>")
def pay(number):
    people = {"names": ["ada", "grace"] * 20, "count": 0}
    return str(number / people["count"])
`;

const python = fileURLToPath(
  new URL("../node_modules/.cache/highball/tests/venv/bin/python", import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), "highball-bench-"));
writeFileSync(join(folder, "app.py"), APPLICATION);

/**
 * @param {...string} args
 * @returns {Promise<{ child: Child, port: number }>}
 */
async function start(...args) {
  const port = await freePort();
  const given = [highballCommand, ...args, "app:app", "--bind", `127.0.0.1:${port}`, "--python", python];
  const env = {
    ...process.env,
    FLASK_DEBUG: "1",
    HIGHBALL_DEBUG_PIN: "off",
    XDG_STATE_HOME: join(folder, "state"),
  };
  const child = new Child(process.execPath, given, { cwd: folder, env });
  // oxlint-disable-next-line no-await-in-loop -- until it answers
  while (child.alive && !(await answers(port, "/"))) await new Promise((resolve) => setTimeout(resolve, 50));
  return { child, port };
}

/** @param {number} port */
async function measurePage(port) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
  const times = [];
  try {
    const page = await browser.newPage();
    for (let count = 0; count < PAGES; count += 1) {
      // oxlint-disable no-await-in-loop -- one page after the other
      await page.goto(`http://127.0.0.1:${port}/pay/${count}`, { waitUntil: "load" });
      times.push(Number(await page.evaluate(READY)));
      // oxlint-enable no-await-in-loop
    }
  } finally {
    await browser.close();
  }
  return { first: times[0] ?? NaN, later: times.slice(1) };
}

/** @param {string} url @param {{ method?: string, headers?: Record<string, string>, body?: string }} [init] @returns {Promise<unknown>} */
async function json(url, init = {}) {
  const response = await fetch(url, { ...init, headers: { accept: "application/json", ...init.headers } });
  return response.json();
}

/** @param {number} port */
async function measureEvaluations(port) {
  const url = `http://127.0.0.1:${port}/__highball__/`;
  await fetch(`http://127.0.0.1:${port}/pay/1`);
  const { errors } = /** @type {{ errors: { id: number }[] }} */ (await json(`${url}errors`));
  const id = errors[0]?.id;
  const { error } = /** @type {{ error: { model: { exception: { frames: { id: string }[] } } } }} */ (
    await json(`${url}errors/${id}`)
  );
  const frame = error.model.exception.frames.at(-1)?.id;
  const session = await fetch(`${url}session`);
  const { token } = /** @type {{ token: string }} */ (await session.json());
  const [cookie = ""] = session.headers.getSetCookie().map((field) => field.split(";")[0] ?? "");
  const headers = { "content-type": "application/json", "x-highball-token": token, cookie };
  const times = [];
  for (let count = 0; count < EVALUATIONS; count += 1) {
    const body = JSON.stringify({ code: `people["count"] + ${count}` });
    const before = performance.now();
    const asked = { method: "POST", headers, body };
    // oxlint-disable-next-line no-await-in-loop -- one evaluation after the other
    const outcome = await json(`${url}errors/${id}/frames/${frame}/evaluate`, asked);
    times.push(performance.now() - before);
    if (!JSON.stringify(outcome).includes(`"text":"${count}"`))
      throw new Error(`evaluated to ${JSON.stringify(outcome)}`);
  }
  return times;
}

/** @param {number} pid @returns {number} kB, 0 of a process that has ended. */
const residentOf = (pid) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);

/** @param {number} pid @returns {number} MiB of it and of its children. */
const resident = (pid) => processTree(pid).reduce((sum, { pid: each }) => sum + residentOf(each), 0) / 1024;

async function measureMemory() {
  const { child, port } = await start("--debug", "-w", "1", "--threads", "1");
  // What is imported and compiled for the first ones is not held by errors.
  for (let count = 0; count < 5; count += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await (await fetch(`http://127.0.0.1:${port}/pay/1`)).text();
  }
  const before = resident(child.pid);
  for (let count = 0; count < ERRORS; count += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await (await fetch(`http://127.0.0.1:${port}/pay/${count}`)).text();
  }
  const after = resident(child.pid);
  await child.stop();
  return after - before;
}

cleanUpAtExit();
const machine = new Machine();
const dev = await start("dev");
const page = await measurePage(dev.port);
const evaluations = await measureEvaluations(dev.port);
await dev.child.stop();
const memory = await measureMemory();
const common = ["-w", "1", "--threads", "4"];
const { cost, control, rate, runs } = await measureOverhead(
  () => start("--debug", ...common),
  () => start(...common),
);
/** @param {import("./lib/overhead.mjs").Ratio} ratio */
const quartiles = ({ low, high }) => `${low.toFixed(3)} to ${high.toFixed(3)}`;
const ms = (/** @type {number} */ value) => `${value.toFixed(1)} ms`;
const text = `# What the debugger costs

Written by \`npm run bench:debugger\`, which says how it measures.

- Date: ${new Date().toISOString()}
- Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Linux ${release()}, Node ${process.version}; ${machine.describe()}

| measured | median | worst or range | asked |
|---|--:|--:|--:|
| a page of Flask's is ready in Chromium, first of a browser | ${ms(page.first)} | | |
| the same, ${page.later.length} further ones | ${ms(median(page.later))} | p95 ${ms(percentile(page.later, 0.95))} | 100 ms |
| an evaluation over HTTP, ${EVALUATIONS} | ${ms(median(evaluations))} | worst ${ms(Math.max(...evaluations))} | 20 ms |
| ${ERRORS} kept errors, gateway and worker together | ${memory.toFixed(1)} MiB | | |
| requests that do not fail: rate with / without | ${cost.rate.median.toFixed(3)} | ${quartiles(cost.rate)} | 1 |
| the same: processor time of a request | ${cost.cpu.median.toFixed(3)} | ${quartiles(cost.cpu)} | 1 |
| control: rate without / without | ${control.rate.median.toFixed(3)} | ${quartiles(control.rate)} | |
| the same: processor time of a request | ${control.cpu.median.toFixed(3)} | ${quartiles(control.cpu)} | |

Requests that do not fail: ${Math.round(rate)} a second without the debugger; ${runs} rounds, of the ratios the middle half.
`;
mkdirSync(new URL(".", import.meta.url), { recursive: true });
writeFileSync(new URL("DEBUGGER.md", import.meta.url), text);
console.log(text);
