/**
 * A fixed number of connections, each sending its next request when the last one is answered, with
 * a share of requests that sleep; wrk cannot tell the latencies of the two kinds apart.
 */
import { seededRandom } from "../lib/statistics.mjs";
import { Connection, now } from "./http-client.mjs";
import { getRequest, latencies, Problems, serveAsLoad } from "./load-process.mjs";

/**
 * @typedef {object} ClosedLoopOptions
 * @property {number} port
 * @property {number} connections
 * @property {number} seconds that are measured.
 * @property {number} warmUp seconds before that are not counted.
 * @property {string} path
 * @property {string} slowPath
 * @property {number} slowShare 0 to 1.
 * @property {number} seed
 */

/**
 * @param {ClosedLoopOptions} options
 * @returns {Promise<Omit<import("./open-loop.mjs").LoadReport, "lag">>}
 */
async function closedLoop({ port, connections, seconds, warmUp, path, slowPath, slowShare, seed }) {
  const random = seededRandom(seed);
  const fastRequest = getRequest(path);
  const slowRequest = getRequest(slowPath);
  const problems = new Problems();
  /** @type {number[]} */
  const fast = [];
  /** @type {number[]} */
  const slow = [];
  const all = Array.from({ length: connections }, () => new Connection(port));
  await Promise.all(all.map((connection) => connection.opened()));

  const begin = now() + warmUp * 1000;
  const end = begin + seconds * 1000;
  /** @param {Connection} connection */
  const next = (connection) => {
    const sent = now();
    if (sent >= end) return;
    const sleeps = random() < slowShare;
    connection.request(sleeps ? slowRequest : fastRequest, (error, answer) => {
      const received = now();
      if (error !== null) problems.add(error.message);
      else if (answer?.status !== 200) problems.add(`status ${answer?.status}`);
      else if (received >= begin && received < end) (sleeps ? slow : fast).push(received - sent);
      // A server that refuses must not turn this into a busy loop.
      if (error === null) next(connection);
      else setTimeout(next, 10, connection);
    });
  };
  for (const connection of all) next(connection);
  await new Promise((resolve) => setTimeout(resolve, end - now()));
  const report = {
    fast: latencies(fast),
    slow: latencies(slow),
    rate: (fast.length + slow.length) / seconds,
    connections: all.reduce((sum, connection) => sum + connection.connects, 0),
    problems: problems.list(),
  };
  for (const connection of all) connection.destroy();
  return report;
}

serveAsLoad(closedLoop);
