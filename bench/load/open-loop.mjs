/**
 * Requests at a fixed rate, whatever the server does (an open loop): when answers are late, more
 * requests are on their way. A request's latency counts from the moment it was meant to be sent,
 * so that neither a slow server nor a slow generator hides delay (coordinated omission).
 *
 * Its own process; see bench/lib/load.mjs for how it is started.
 */
import { setPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { seededRandom } from "../lib/statistics.mjs";
import { Connection, now } from "./http-client.mjs";
import { getRequest, latencies, Problems, serveAsLoad } from "./load-process.mjs";

/**
 * @typedef {object} OpenLoopOptions
 * @property {number} port
 * @property {number} rate requests a second.
 * @property {number} seconds that are measured.
 * @property {number} warmUp seconds before, at the same rate, not counted.
 * @property {string} path of most requests.
 * @property {string} [slowPath] of the few that sleep.
 * @property {number} [slowShare] how many of all, 0 to 1.
 * @property {number} [seed] which ones.
 * @property {number} connections opened before; more are opened when all are busy.
 */

/**
 * @typedef {object} LoadReport
 * @property {import("./load-process.mjs").Latencies} fast
 * @property {import("./load-process.mjs").Latencies} slow
 * @property {number} rate answered requests a second.
 * @property {{ p99: number, max: number }} lag by which requests left later than meant, milliseconds.
 * @property {number} connections that were opened in all.
 * @property {string[]} problems
 */

/** How long answers are waited for after the last request, in milliseconds. */
const PATIENCE = 3000;

/**
 * @param {OpenLoopOptions} options
 * @returns {Promise<LoadReport>}
 */
async function openLoop(options) {
  const {
    port,
    rate,
    seconds,
    warmUp,
    path,
    slowPath = path,
    slowShare = 0,
    seed = 1,
    connections,
  } = options;
  const interval = 1000 / rate;
  const skipped = Math.round(warmUp * rate);
  const count = skipped + Math.round(seconds * rate);
  const random = seededRandom(seed);
  const fastRequest = getRequest(path);
  const slowRequest = getRequest(slowPath);
  const problems = new Problems();
  /** @type {number[]} */
  const fast = [];
  /** @type {number[]} */
  const slow = [];
  /** @type {number[]} */
  const lags = [];

  const all = Array.from({ length: connections }, () => new Connection(port));
  await Promise.all(all.map((connection) => connection.opened()));
  // First in, first out: every connection is used in turn, and so is every worker they lead to.
  const free = [...all];

  const begin = now() + 100;
  let answered = 0;
  /** @type {(() => void) | undefined} */
  let allAnswered;

  /** @param {number} index */
  const send = (index) => {
    const meant = begin + index * interval;
    const counted = index >= skipped;
    const sleeps = random() < slowShare;
    let connection = free.shift();
    if (connection === undefined) all.push((connection = new Connection(port)));
    const used = connection;
    if (counted) lags.push(now() - meant);
    used.request(sleeps ? slowRequest : fastRequest, (error, answer) => {
      const latency = now() - meant;
      free.push(used);
      if (error !== null) problems.add(error.message);
      else if (answer?.status !== 200) problems.add(`status ${answer?.status}`);
      else if (counted) (sleeps ? slow : fast).push(latency);
      answered += 1;
      if (answered === count) allAnswered?.();
    });
  };

  const pacer = new Worker(new URL("pacer.mjs", import.meta.url), { workerData: { begin, interval, count } });
  pacer.on("message", send);
  await new Promise((resolve) => {
    const deadline = setTimeout(resolve, 100 + count * interval + PATIENCE);
    allAnswered = () => {
      clearTimeout(deadline);
      resolve(undefined);
    };
  });
  await pacer.terminate();
  for (const connection of all) connection.destroy();

  problems.add("not answered in time", count - answered);
  const lag = latencies(lags);
  return {
    fast: latencies(fast),
    slow: latencies(slow),
    rate: (fast.length + slow.length) / seconds,
    lag: { p99: lag.p99, max: lag.max },
    connections: all.reduce((sum, connection) => sum + connection.connects, 0),
    problems: problems.list(),
  };
}

// Alone on its machine nothing would keep a load generator from sending in time; here the servers might.
try {
  setPriority(-5);
} catch {
  // Not allowed to: then its lag shows in the report.
}
serveAsLoad(openLoop);
