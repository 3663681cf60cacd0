/** Measures one server on one project: the first save after a start, then many. */
import { setTimeout as pause } from "node:timers/promises";
import { Child } from "../lib/children.mjs";
import { freePort } from "../lib/running-server.mjs";
import { median, percentile } from "../lib/statistics.mjs";
import { Client } from "./client.mjs";
import { editOften, editOnce } from "./edits.mjs";
import { installed } from "./environment.mjs";
import { ProjectFolder } from "./projects.mjs";

/** How long a server may take to its first answer, in milliseconds. */
const START_LIMIT = 30_000;

/**
 * @typedef {object} EntryPlan
 * @property {import("./projects.mjs").ProjectName} project
 * @property {import("./client.mjs").ConnectionMode} mode
 * @property {import("./edits.mjs").Pace} pace
 * @property {number} starts of which the first save is measured.
 */

/**
 * @typedef {object} Entry
 * @property {number} start milliseconds from the command to the first answer, median.
 * @property {number} preparation milliseconds between the first answer and the first save that counts.
 * @property {(number | null)[]} first milliseconds of the saves that were made at once after a start.
 * @property {import("./edits.mjs").Edit[]} edits
 * @property {number} connections that were opened for the edits.
 * @property {string | null} problem why there are no figures.
 */

/**
 * @typedef {object} Summary of the saves of an entry.
 * @property {number} median milliseconds.
 * @property {number} p95
 * @property {number} worst Infinity when a save was not noticed at all.
 * @property {number} missed saves that were not noticed.
 * @property {number} failed requests.
 * @property {Record<string, number>} failures by kind.
 * @property {number} stale answers.
 * @property {number} requests
 */

/**
 * @param {import("./servers.mjs").ReloadServer} server
 * @param {EntryPlan} plan
 * @returns {Promise<Entry>}
 */
export async function measureEntry(server, plan) {
  /** @type {number[]} */
  const starts = [];
  /** @type {Entry} */
  const entry = { start: Number.NaN, preparation: 0, first: [], edits: [], connections: 0, problem: null };
  for (let start = 1; start <= plan.starts; start += 1) {
    const project = new ProjectFolder(plan.project);
    const port = await freePort();
    const client = new Client(port, plan.mode);
    const begin = performance.now();
    const child = launch(server, project, port);
    try {
      starts.push((await answering(child, client)) - begin);
      entry.start = median(starts);
      entry.first.push((await editOnce(project, client, "in place")).latency);
      if (start < plan.starts) continue;
      entry.preparation = plan.pace.preparation(entry.start);
      await pause(entry.preparation);
      const before = client.connections;
      entry.edits = await editOften(project, client, plan.pace);
      entry.connections = client.connections - before;
    } catch (error) {
      return { ...entry, problem: error instanceof Error ? error.message : String(error) };
    } finally {
      client.close();
      await child.stop();
      project.remove();
    }
  }
  return entry;
}

/**
 * @param {import("./servers.mjs").ReloadServer} server
 * @param {ProjectFolder} project
 * @param {number} port
 * @returns {Child}
 */
function launch(server, project, port) {
  const [program, ...args] = server.command(project.project.application, port);
  return new Child(program, args, {
    cwd: project.folder,
    env: {
      PATH: `${installed(".")}:${process.env["PATH"]}`,
      HOME: process.env["HOME"],
      LANG: "C.UTF-8",
      NO_COLOR: "1",
    },
  });
}

/**
 * @param {Child} child
 * @param {Client} client
 * @returns {Promise<number>} when the server had answered with the code that is on disk.
 */
async function answering(child, client) {
  const limit = performance.now() + START_LIMIT;
  while ("failure" in (await client.ask())) {
    if (!child.alive || performance.now() > limit) {
      throw new Error(`no answer: ${child.output.trim().slice(-600)}`);
    }
    await pause(5);
  }
  return performance.now();
}

/**
 * @param {readonly import("./edits.mjs").Edit[]} edits
 * @returns {Summary}
 */
export function summarize(edits) {
  const latencies = edits.map(({ latency }) => latency ?? Number.POSITIVE_INFINITY);
  const failures = edits.flatMap((edit) => edit.failures);
  /** @type {Record<string, number>} */
  const counts = {};
  for (const failure of failures) counts[failure] = (counts[failure] ?? 0) + 1;
  return {
    median: median(latencies),
    p95: percentile(latencies, 0.95),
    worst: latencies.length === 0 ? Number.NaN : Math.max(...latencies),
    missed: edits.filter(({ latency }) => latency === null).length,
    failed: failures.length,
    failures: counts,
    stale: edits.reduce((sum, { stale }) => sum + stale, 0),
    requests: edits.reduce((sum, { requests }) => sum + requests, 0),
  };
}
