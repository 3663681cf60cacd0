/** Writes down what was measured: RELOAD.md for people, reload-results.json for programs. */
import { highballCommand } from "../lib/paths.mjs";
import { verdict } from "../lib/targets.mjs";
import { installed } from "./environment.mjs";
import { serverNamed } from "./servers.mjs";
import { TARGETS } from "./targets.mjs";

/**
 * @typedef {object} Result
 * @property {import("./topics.mjs").Measurement} measurement
 * @property {import("./entry.mjs").Entry} entry
 * @property {import("./entry.mjs").Summary} summary
 */

/**
 * @typedef {object} Report
 * @property {string} begun the date, ISO 8601.
 * @property {number} minutes that the run took.
 * @property {Record<string, string>} environment
 * @property {string} machine how busy it was.
 * @property {import("./environment.mjs").HeavyImports | null} heavy null when it was not measured.
 * @property {boolean} whole
 * @property {readonly Result[]} results
 */

/**
 * @param {Report} report
 * @returns {string} Markdown.
 */
export function renderReport({ begun, minutes, environment, machine, heavy, whole, results }) {
  const topics = [...new Set(results.map(({ measurement }) => measurement.topic))];
  return [
    "# Results of `npm run bench:reload`",
    "",
    "Time from the return of a save to the end of the first answer of the new code. Written by `npm run bench:reload`;",
    "bench/README.md says how it measures and what is not equal.",
    "",
    ...Object.entries({ Date: begun, ...environment, Run: machine }).map(
      ([name, value]) => `- ${name}: ${value}`,
    ),
    `- ${minutes.toFixed(1)} minutes in all${whole ? "" : ". **Not a whole run: not a measurement**"}`,
    "",
    "## What was asked",
    "",
    ...renderTargets(results),
    "",
    ...topics.flatMap((topic) => renderTopic(topic, results, heavy)),
    ...renderKept(results),
    "## Commands",
    "",
    "In the project's folder:",
    "",
    "```sh",
    ...new Set(results.map(({ measurement }) => commandLine(measurement))),
    "```",
    "",
  ].join("\n");
}

/**
 * @param {readonly Result[]} results
 * @returns {string[]}
 */
export function renderTargets(results) {
  const lines = TARGETS.map((target) => {
    const value = target.value(results);
    const unit = target.unit === "" ? "" : ` ${target.unit}`;
    const sign = target.direction === "at least" ? "≥" : "≤";
    const shown = Number.isNaN(value) ? "–" : `${value.toFixed(target.digits)}${unit}`;
    return `| ${target.title} | ${shown} | ${sign} ${target.must}${unit} | ${sign} ${target.dream}${unit} | ${verdict({ ...target, row: "", value: () => value }, value)} |`;
  });
  return ["| measured | value | must reach | dream | verdict |", "|---|--:|--:|--:|---|", ...lines];
}

/**
 * @param {import("./topics.mjs").Topic} topic
 * @param {readonly Result[]} results
 * @param {import("./environment.mjs").HeavyImports | null} heavy
 * @returns {string[]}
 */
function renderTopic(topic, results, heavy) {
  const own = results.filter(
    ({ measurement: { topic: its, plan } }) => its.id === topic.id && plan.mode === "fresh",
  );
  const reference = own.find(({ measurement }) => measurement.server === "highball")?.summary.median;
  const lines = own.map(({ measurement, entry, summary }) => {
    const { title } = serverNamed(measurement.server);
    if (entry.problem !== null) return `| ${title} | not measured: ${inCell(entry.problem)} |`;
    const first = entry.first.map((latency) => milliseconds(latency ?? Number.POSITIVE_INFINITY)).join(", ");
    const cells = [
      title,
      milliseconds(summary.median),
      reference === undefined ? "–" : (summary.median / reference).toFixed(1),
      milliseconds(summary.p95),
      milliseconds(summary.worst),
      inCell(failures(summary)),
      `${summary.stale}`,
      `${summary.missed}`,
      `${entry.edits.length}`,
      first,
      milliseconds(entry.start),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `## ${topic.title}`,
    "",
    heavy === null ? topic.about : topic.about.replace("HEAVY", describeHeavy(heavy)),
    "",
    "| ms | median | × Highball | p95 | worst | failed requests | stale answers | saves not noticed | saves | first save, at once after start | start |",
    `|---|${"--:|".repeat(10)}`,
    ...lines,
    "",
  ];
}

/**
 * @param {readonly Result[]} results
 * @returns {string[]}
 */
function renderKept(results) {
  const kept = results.filter(({ measurement }) => measurement.plan.mode === "kept");
  if (kept.length === 0) return [];
  const lines = kept.map(({ measurement, entry, summary }) => {
    const survived = entry.problem === null ? `${entry.connections}` : inCell(entry.problem);
    return `| ${serverNamed(measurement.server).title} | ${entry.edits.length} | ${survived} | ${milliseconds(summary.median)} | ${milliseconds(summary.worst)} | ${inCell(failures(summary))} | ${summary.stale} |`;
  });
  return [
    "## Flask, one keep-alive connection",
    "",
    "One connection is used for every request as long as it lives, and opened anew when it does not.",
    "",
    "| ms | saves | times it was lost | median | worst | failed requests | stale answers |",
    "|---|--:|--:|--:|--:|--:|--:|",
    ...lines,
    "",
  ];
}

/**
 * @param {import("./environment.mjs").HeavyImports} heavy
 * @returns {string}
 */
function describeHeavy({ real, total, memory, libraries }) {
  return (
    `${total.toFixed(2)} s in a plain interpreter just now, of which ${real.toFixed(2)} s are real libraries ` +
    `(${libraries.join(", ")}) and the rest a **generated** package of 64 modules in site-packages, with classes, ` +
    `tables and a loop of a fixed number of turns in each. After the imports the process holds ${Math.round(memory / 2 ** 20)} MiB`
  );
}

/**
 * @param {import("./entry.mjs").Summary} summary
 * @returns {string}
 */
function failures({ failed, failures: counts }) {
  if (failed === 0) return "0";
  return `${failed} (${Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ")})`;
}

/**
 * @param {number} value
 * @returns {string}
 */
function milliseconds(value) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return "never";
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/**
 * @param {string} text
 * @returns {string}
 */
function inCell(text) {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").slice(-300);
}

/**
 * @param {import("./topics.mjs").Measurement} measurement
 * @returns {string}
 */
function commandLine({ server, plan }) {
  const application = plan.project.endsWith("django") ? "mysite.wsgi:application" : "app:app";
  return serverNamed(server)
    .command(application, 8000)
    .join(" ")
    .replaceAll(installed(""), "")
    .replaceAll(process.execPath, "node")
    .replaceAll(highballCommand, "bin/highball.js");
}
