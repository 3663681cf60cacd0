/**
 * `npm run bench:reload`: from saving a file to the first answer of the new code, Highball beside its
 * peers, on this machine, in one run.
 *
 * What is measured with whom is in topics.mjs and servers.mjs; this file only puts it in order.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cleanUpAtExit } from "../lib/children.mjs";
import { Machine } from "../lib/environment.mjs";
import { cacheFolder } from "../lib/paths.mjs";
import { measureEntry, summarize } from "./entry.mjs";
import { describeReloadEnvironment, prepareHeavyImports, prepareReloadEnvironment } from "./environment.mjs";
import { readOptions } from "./options.mjs";
import { renderReport, renderTargets } from "./report.mjs";
import { serverNamed } from "./servers.mjs";
import { measurements } from "./topics.mjs";

/** @param {string} line */
const progress = (line) => console.log(line);

/** @param {import("./options.mjs").Options} options */
async function run(options) {
  prepareReloadEnvironment(progress);
  cleanUpAtExit();
  const begin = new Date();
  const machine = new Machine();
  const heavy = options.topics.some(({ id }) => id === "heavy") ? prepareHeavyImports(progress) : null;
  /** @type {import("./report.mjs").Result[]} */
  const results = [];
  for (const measurement of measurements(options)) {
    const { topic, server, plan } = measurement;
    const entry = await measureEntry(serverNamed(server), plan);
    const summary = summarize(entry.edits);
    results.push({ measurement, entry, summary });
    progress(
      `${topic.id}, ${plan.mode}, ${serverNamed(server).title}: ${entry.problem ?? JSON.stringify(summary)}`,
    );
  }

  const report = {
    begun: begin.toISOString(),
    minutes: (Date.now() - begin.getTime()) / 60_000,
    environment: describeReloadEnvironment(),
    machine: machine.describe(),
    heavy,
    whole: options.whole,
    results,
  };
  const folder = options.whole ? fileURLToPath(new URL("..", import.meta.url)) : cacheFolder;
  const files = { text: join(folder, "RELOAD.md"), data: join(folder, "reload-results.json") };
  mkdirSync(folder, { recursive: true });
  writeFileSync(files.text, renderReport(report));
  writeFileSync(files.data, `${JSON.stringify(report, null, 1)}\n`);
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
