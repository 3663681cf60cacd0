/**
 * Measures ways to notice that files change:
 *
 *     npm run build && node bench/watchers/compare.mjs
 *
 * Writes a table in Markdown; the one in docs/explanation/watching.md is from it. Linux only: it counts
 * watches in /proc. It takes four minutes.
 */
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { median } from "../lib/statistics.mjs";
import { candidates } from "./candidates.mjs";
import { idle, patterns } from "./patterns.mjs";

const FILES = 10_000;
const FOLDERS = 500;
const SAVES = 40;
const ROUNDS = 5;
/** Milliseconds for which one waits for a change to be told; the sweeps take a second. */
const PATIENCE = 2_500;
/** Milliseconds after which what was prepared has been noticed, and what was told has arrived. */
const SETTLED = 1_500;
/** Seconds for which nothing happens. The first ones are not counted: then contents are read. */
const WARM_UP = 15;
const IDLE = 10;

/** Milliseconds of a clock that all processes share. */
const now = () => Number(process.hrtime.bigint() / 1000n) / 1000;

/** A project of so many files, a tenth of them Python. @returns {string} */
function makeProject() {
  const root = mkdtempSync(join(tmpdir(), "highball-watchers-"));
  for (let index = 0; index < FILES; index += 1) {
    const folder = join(root, `package${index % FOLDERS}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, `file${index}.${Math.floor(index / FOLDERS) % 10 === 0 ? "py" : "txt"}`),
      "x = 1\n".repeat(200),
    );
  }
  return root;
}

/** One candidate in a process of its own. */
class Subject {
  /** @type {{ path: string, at: number }[]} */
  changes = [];
  ready = Number.NaN;
  /** @type {((message: any) => void)} */
  #spent = () => {};

  /** @param {string} name @param {string} folder */
  constructor(name, folder) {
    this.child = fork(new URL("watching.mjs", import.meta.url), [name, folder]);
    this.child.on("message", (/** @type {any} */ message) => {
      if (message.kind === "change") this.changes.push(message);
      else if (message.kind === "ready") this.ready = message.milliseconds;
      else this.#spent(message);
    });
  }

  /** @returns {Promise<void>} */
  async opened() {
    while (Number.isNaN(this.ready)) await pause(10);
  }

  /** @returns {Promise<{ milliseconds: number, memory: number }>} of its whole life so far */
  spent() {
    return new Promise((resolve) => {
      this.#spent = resolve;
      this.child.send("spent");
    });
  }

  /** Watches of inotify, as proc(5) shows them. */
  watches() {
    const folder = `/proc/${this.child.pid}/fdinfo`;
    const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
    return lines.filter((line) => line.startsWith("inotify wd:")).length;
  }

  /**
   * Whether, and when, a path was told after a save had begun.
   *
   * @param {string} path
   * @param {number} begun
   * @param {number} ended of the save
   * @returns {Promise<number>} milliseconds after its end; Infinity if it was not told
   */
  async told(path, begun, ended) {
    while (now() < ended + PATIENCE) {
      const change = this.changes.find((each) => each.path === path && each.at >= begun);
      if (change !== undefined) return Math.max(0, change.at - ended);
      await pause(1);
    }
    return Infinity;
  }

  async close() {
    const gone = new Promise((resolve) => this.child.on("exit", resolve));
    this.child.kill("SIGKILL");
    await gone;
  }
}

/** @param {string} name */
async function measureLarge(name) {
  const root = makeProject();
  const subject = new Subject(name, root);
  await subject.opened();
  const watches = subject.watches();
  await pause(WARM_UP * 1000);
  const before = await subject.spent();
  await pause(IDLE * 1000);
  const after = await subject.spent();
  const latencies = [];
  for (let save = 0; save < SAVES; save += 1) {
    const path = join(root, `package${save * 7}`, `file${save * 7}.py`);
    const begun = now();
    writeFileSync(path, `y = ${save}\n`);
    latencies.push(await subject.told(path, begun, now()));
    // Not in step with the sweeps.
    await pause(20 + ((save * 373) % 1000));
  }
  await subject.close();
  rmSync(root, { recursive: true });
  return {
    ready: subject.ready,
    watches,
    memory: after.memory,
    idle: ((after.milliseconds - before.milliseconds) / (IDLE * 1000)) * 100,
    median: median(latencies),
    worst: Math.max(...latencies),
  };
}

/** @param {string} name @returns {Promise<{ lost: string[], alarms: string[] }>} */
async function measureSaves(name) {
  const root = mkdtempSync(join(tmpdir(), "highball-watchers-"));
  // Side by side, each in a folder of its own: the patience is shared.
  const cases = Object.entries(patterns).flatMap(([title, pattern]) =>
    Array.from({ length: ROUNDS }, (_, round) => ({
      title,
      pattern,
      folder: join(root, `${title} ${round}`),
    })),
  );
  const still = Object.entries(idle).map(([title, disturb]) => ({
    title,
    disturb,
    path: join(root, title, "app.py"),
  }));
  for (const { pattern, folder } of cases) pattern.prepare(folder);
  for (const { title, path } of still) {
    mkdirSync(join(root, title));
    writeFileSync(path, "before");
  }
  const subject = new Subject(name, root);
  await subject.opened();
  for (const { pattern, folder } of cases) pattern.disturb?.(folder);
  await pause(SETTLED);
  const saved = cases.map(({ title, pattern, folder }) => {
    const begun = now();
    const path = join(folder, pattern.save(folder, "after"));
    return { title, told: subject.told(path, begun, now()) };
  });
  const results = await Promise.all(
    saved.map(async ({ title, told }) => ({ title, missed: (await told) === Infinity })),
  );
  const lost = results.filter(({ missed }) => missed).map(({ title }) => title);
  subject.changes = [];
  for (const { disturb, path } of still) disturb(path);
  await pause(SETTLED);
  const alarms = still
    .filter(({ path }) => subject.changes.some((change) => change.path === path))
    .map(({ title }) => title);
  await subject.close();
  rmSync(root, { recursive: true });
  return { lost, alarms };
}

/** @param {number} value @param {number} digits */
const show = (value, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : "never");

/** Each once, with how often. @param {readonly string[]} titles @param {number} of */
function tally(titles, of) {
  if (titles.length === 0) return "none";
  const each = [...new Set(titles)].map((title) => {
    const count = titles.filter((other) => other === title).length;
    return of === 1 || count === of ? title : `${title} (${count} of ${of})`;
  });
  return each.join("; ");
}

const processor = cpus()[0]?.model ?? "";
console.log(
  `${cpus().length} processors (${processor}), Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}\n`,
);
console.log(
  "| | ready, ms | watches | idle, % of a core | memory, MB | a save, median ms | worst ms | saves that were lost | told without a change |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const name of candidates.keys()) {
  const large = await measureLarge(name);
  const { lost, alarms } = await measureSaves(name);
  const figures = [
    show(large.ready, 0),
    large.watches.toLocaleString("en"),
    show(large.idle, 2),
    show(large.memory / 2 ** 20, 0),
    show(large.median, 2),
    show(large.worst),
    tally(lost, ROUNDS),
    tally(alarms, 1),
  ];
  console.log(`| ${name} | ${figures.join(" | ")} |`);
}
