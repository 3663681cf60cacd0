/**
 * `npm run bench`: Highball beside its peers, on this machine, in one run.
 *
 * Everything that is compared is in servers.mjs and rows/; this file only puts it in order.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUpAtExit } from "./lib/children.mjs";
import { describeEnvironment, Machine, prepareEnvironment } from "./lib/environment.mjs";
import { readOptions } from "./lib/options.mjs";
import { cacheFolder, resultsData, resultsFile } from "./lib/paths.mjs";
import { renderResults, renderTargets } from "./lib/report.mjs";
import { measureRow } from "./lib/row.mjs";

/** @param {string} line */
const progress = (line) => console.log(line);

/** @param {import("./lib/options.mjs").Options} options */
async function run({ rows, servers, plan, whole }) {
  prepareEnvironment(progress);
  cleanUpAtExit();
  const begin = new Date();
  const machine = new Machine();
  /** @type {Map<string, import("./lib/row.mjs").RowResult>} */
  const results = new Map();
  for (const row of rows) {
    const chosen = row.servers.filter((name) => servers === null || servers.has(name));
    if (chosen.length > 0) results.set(row.id, await measureRow(row, chosen, plan, progress));
  }

  const environment = describeEnvironment();
  const report = {
    begun: begin.toISOString(),
    minutes: (Date.now() - begin.getTime()) / 60_000,
    environment,
    machine: machine.describe(),
    plan,
    rows,
    results,
  };
  const files = whole
    ? { text: resultsFile, data: resultsData }
    : { text: join(cacheFolder, "RESULTS.md"), data: join(cacheFolder, "results.json") };
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(files.text, renderResults(report));
  writeFileSync(
    files.data,
    `${JSON.stringify({ ...report, rows: Object.fromEntries(results), results: undefined }, null, 1)}\n`,
  );
  progress(`\n${renderTargets(results).join("\n")}\n\nWritten: ${files.text} and ${files.data}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") process.stdout.write(options);
  else await run(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
