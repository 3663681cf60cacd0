/** What something costs that should cost nothing: the same server with it and without, and a control. */
import { cpuBetween, readCpu } from "./process-tree.mjs";
import { median } from "./statistics.mjs";
import { wrk } from "./wrk.mjs";

/** Of fresh processes: where memory happens to lie makes one run of a program up to 2 % faster than the next. */
const STARTS = 8;
const TURNS = 6;

/** @typedef {{ child: import("./children.mjs").Child, port: number }} Server */
/** @typedef {{ rate: number, cpu: number }} Sample requests a second; microseconds of processor time for one. */
/** @typedef {{ median: number, low: number, high: number }} Ratio the middle half of the ratios lies between the two. */
/** @typedef {{ rate: Ratio, cpu: Ratio }} Overhead */

/**
 * Loads three servers in turn: one with it, two without. What differs between those two is the noise that what it
 * costs has to stand out of.
 *
 * @param {() => Promise<Server>} startWith
 * @param {() => Promise<Server>} startWithout
 * @returns {Promise<{ cost: Overhead, control: Overhead, rate: number, runs: number }>} with by without, and without by
 *   without; `rate` is the median without.
 */
export async function measureOverhead(startWith, startWithout) {
  /** @type {{ on: Sample, off: Sample, control: Sample }[]} */
  const rounds = [];
  for (let start = 0; start < STARTS; start += 1) {
    // oxlint-disable no-await-in-loop -- in turn
    const servers = { off: await startWithout(), on: await startWith(), control: await startWithout() };
    for (const server of Object.values(servers)) await sample(server);
    for (let turn = 0; turn < TURNS; turn += 1) rounds.push(await oneRound(servers, start + turn));
    for (const { child } of Object.values(servers)) await child.stop();
    // oxlint-enable no-await-in-loop
  }
  return {
    cost: overhead(rounds.map(({ on, off, control }) => [on, mean(off, control)])),
    control: overhead(rounds.map(({ control, off }) => [control, off])),
    rate: median(rounds.map(({ off }) => off.rate)),
    runs: rounds.length,
  };
}

/**
 * @param {{ on: Server, off: Server, control: Server }} servers
 * @param {number} number whoever comes first has the machine as the round before has left it: each is that in turn.
 */
async function oneRound(servers, number) {
  const names = /** @type {("on" | "off" | "control")[]} */ (["off", "on", "control"]);
  const round = { on: NOTHING, off: NOTHING, control: NOTHING };
  for (let place = 0; place < names.length; place += 1) {
    const name = names[(place + number) % names.length] ?? "off";
    // oxlint-disable-next-line no-await-in-loop -- in turn
    round[name] = await sample(servers[name]);
  }
  return round;
}

const NOTHING = { rate: Number.NaN, cpu: Number.NaN };

/** @param {Server} server @returns {Promise<Sample>} */
async function sample({ child, port }) {
  const before = readCpu(child.pid);
  const { rate, requests } = await wrk({ port, script: "get.lua", connections: 32, seconds: 1 });
  return { rate, cpu: cpuBetween(child.pid, before, readCpu(child.pid)).total / requests };
}

/** @param {Sample} a @param {Sample} b @returns {Sample} */
const mean = (a, b) => ({ rate: (a.rate + b.rate) / 2, cpu: (a.cpu + b.cpu) / 2 });

/** @param {[Sample, Sample][]} pairs @returns {Overhead} */
function overhead(pairs) {
  return {
    rate: ratio(pairs.map(([one, other]) => one.rate / other.rate)),
    cpu: ratio(pairs.map(([one, other]) => one.cpu / other.cpu)),
  };
}

/** @param {number[]} ratios @returns {Ratio} */
function ratio(ratios) {
  const sorted = ratios.toSorted((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  return {
    median: median(ratios),
    low: sorted[quarter] ?? Number.NaN,
    high: sorted.at(-1 - quarter) ?? Number.NaN,
  };
}
