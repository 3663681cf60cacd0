/** Saves a version of a project's code, asks until it answers, and does so again: what every figure is made of. */
import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "../lib/statistics.mjs";

/**
 * @typedef {object} Edit one save, and what came of it.
 * @property {import("./projects.mjs").SavePattern} pattern
 * @property {number | null} latency milliseconds from the return of the save to the end of the first
 *   answer of the new code; null when there was none.
 * @property {number} requests that were sent meanwhile.
 * @property {number} stale answers of older code.
 * @property {string[]} failures refused, reset, a status of 500 and more.
 */

/**
 * @typedef {object} Pace
 * @property {number} rounds
 * @property {(start: number) => number} preparation milliseconds between the first answer, which took `start` to come,
 *   and the first save.
 * @property {[least: number, most: number]} settle milliseconds between an answer and the next save, at random.
 * @property {number} [longPause] milliseconds, each tenth time instead.
 */

/** Milliseconds between an answer that was not the new code's and the next request. */
const BETWEEN = 2;

/** Milliseconds after which a save is given up: the server has not noticed it. */
const LIMIT = 20_000;

/** The same pauses and patterns for every server. */
const SEED = 20261120;

/**
 * @param {import("./projects.mjs").ProjectFolder} project
 * @param {import("./client.mjs").Client} client
 * @param {import("./projects.mjs").SavePattern} pattern
 * @returns {Promise<Edit>}
 */
export async function editOnce(project, client, pattern) {
  /** @type {Edit} */
  const edit = { pattern, latency: null, requests: 0, stale: 0, failures: [] };
  const saved = project.save(pattern);
  for (;;) {
    edit.requests += 1;
    const answer = await client.ask();
    const passed = performance.now() - saved;
    if ("failure" in answer) edit.failures.push(answer.failure);
    else if (answer.version === project.version) return { ...edit, latency: passed };
    else edit.stale += 1;
    if (passed > LIMIT) return edit;
    await pause(BETWEEN);
  }
}

/**
 * @param {import("./projects.mjs").ProjectFolder} project
 * @param {import("./client.mjs").Client} client
 * @param {Pace} pace
 * @returns {Promise<Edit[]>}
 */
export async function editOften(project, client, { rounds, settle: [least, most], longPause }) {
  const random = seededRandom(SEED);
  const edits = [];
  for (let round = 1; round <= rounds; round += 1) {
    const settle = least + random() * (most - least);
    await pause(longPause !== undefined && round % 10 === 0 ? longPause : settle);
    edits.push(await editOnce(project, client, random() < 0.5 ? "in place" : "replaced"));
  }
  return edits;
}
