/** Writes down what was measured: RESULTS.md for people, results.json for programs. */
import { serverNamed } from "./servers.mjs";
import { TARGETS, verdict } from "./targets.mjs";
import { wrkArguments } from "./wrk.mjs";
import { cacheFolder, highballCommand, peersFolder, pythonFolder } from "./paths.mjs";

/**
 * @typedef {object} Report
 * @property {string} begun the date, ISO 8601.
 * @property {number} minutes that the run took.
 * @property {Record<string, string>} environment
 * @property {string} machine how busy it was.
 * @property {import("./row.mjs").Plan} plan
 * @property {readonly import("./row.mjs").Row[]} rows
 * @property {import("./targets.mjs").Results} results
 */

/**
 * @param {Report} report
 * @returns {string} Markdown.
 */
export function renderResults(report) {
  const { begun, minutes, environment, machine, plan, rows, results } = report;
  const measured = rows.filter(({ id }) => results.has(id));
  return [
    "# Results of `npm run bench`",
    "",
    "Written by `npm run bench`; bench/README.md says how it measures and what is not equal.",
    "",
    ...Object.entries({ Date: begun, ...environment, Run: machine }).map(
      ([name, value]) => `- ${name}: ${value}`,
    ),
    `- ${plan.runs} runs of ${plan.seconds} s each, the servers in turn; ${minutes.toFixed(1)} minutes in all` +
      (plan.quick ? ". **`--quick`: a smoke test, not a measurement**" : ""),
    "",
    "## What was asked",
    "",
    ...renderTargets(results),
    "",
    "## Rows",
    "",
    "Medians, with the lowest and highest run in brackets. *× Highball*: that server's first column over Highball's.",
    "An entry with errors is invalid and counts for nothing.",
    "",
    ...measured.flatMap((row) => renderRow(row, results)),
    "## Commands",
    "",
    "In bench/apps, for the row *plain*:",
    "",
    "```sh",
    ...commandLines(measured),
    "```",
    "",
  ].join("\n");
}

/**
 * @param {import("./targets.mjs").Results} results
 * @returns {string[]}
 */
export function renderTargets(results) {
  const lines = TARGETS.filter(({ row }) => results.has(row)).map((target) => {
    const value = target.value(results);
    const unit = target.unit === "" ? "" : ` ${target.unit}`;
    const sign = target.direction === "at least" ? "≥" : "≤";
    const shown = Number.isNaN(value) ? "–" : `${value.toFixed(2)}${unit}`;
    return `| ${target.title} | ${shown} | ${sign} ${target.must}${unit} | ${sign} ${target.dream}${unit} | ${verdict(target, value)} |`;
  });
  return ["| measured | value | must reach | dream | verdict |", "|---|--:|--:|--:|---|", ...lines];
}

/**
 * @param {import("./row.mjs").Row} row
 * @param {import("./targets.mjs").Results} results
 * @returns {string[]}
 */
function renderRow({ id, title, about, columns }, results) {
  const entries = Object.entries(results.get(id)?.entries ?? {});
  const [first] = columns;
  const reference = results.get(id)?.entries["highball"]?.figures[first?.figure ?? ""]?.median;
  const lines = entries.map(([server, { figures, problems }]) => {
    const cells = columns.map(({ figure: name, digits, factor = 1 }) => {
      const figure = figures[name];
      if (figure === undefined) return "–";
      const [middle, low, high] = [figure.median, figure.low, figure.high].map((value) =>
        format(value * factor, digits),
      );
      return figure.runs.length === 1 ? middle : `${middle} (${low}–${high})`;
    });
    const median = figures[first?.figure ?? ""]?.median;
    const ratio = median === undefined || reference === undefined ? "–" : format(median / reference, 2);
    const note = problems.length === 0 ? "" : `**invalid:** ${summary(problems)}`;
    return `| ${serverNamed(server).title} | ${[cells[0], ratio, ...cells.slice(1)].join(" | ")} | ${note} |`;
  });
  const titles = columns.map((column) => column.title);
  return [
    `### ${title}`,
    "",
    about,
    "",
    `| | ${[titles[0], "× Highball", ...titles.slice(1)].join(" | ")} | errors |`,
    `|---|${"--:|".repeat(columns.length + 1)}---|`,
    ...lines,
    "",
  ];
}

/**
 * @param {number} value
 * @param {number} digits
 * @returns {string} with commas between thousands.
 */
function format(value, digits) {
  if (!Number.isFinite(value)) return "–";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * @param {readonly string[]} problems
 * @returns {string} the first few, in one table cell.
 */
function summary(problems) {
  const shown = problems
    .slice(0, 3)
    .map((problem) => problem.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").slice(-200));
  return shown.join("; ") + (problems.length > 3 ? `; and ${problems.length - 3} more` : "");
}

/**
 * @param {string} word
 * @returns {string} as a shell would read it.
 */
function quote(word) {
  return /[^\w@%+=:,./-]/.test(word) ? `'${word}'` : word;
}

/**
 * @param {readonly import("./row.mjs").Row[]} rows
 * @returns {string[]}
 */
function commandLines(rows) {
  const names = new Set(rows.flatMap(({ servers }) => servers));
  const lines = [...names].map((name) => serverNamed(name).command("plain:app", 8000).map(quote).join(" "));
  lines.push(
    `# load, in bench/requests`,
    `wrk ${wrkArguments({ port: 8000, script: "get.lua", connections: 32, seconds: 2 }).join(" ")}`,
  );
  return lines.map((line) =>
    line
      .replaceAll(`${pythonFolder}/`, "")
      .replaceAll(process.execPath, "node")
      .replaceAll(highballCommand, "../../bin/highball.js")
      .replaceAll(peersFolder, "../peers")
      .replaceAll(cacheFolder, "../.cache"),
  );
}
