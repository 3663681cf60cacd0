/** Closed-loop load by wrk: every connection sends its next request when the last one is answered. */
import { Child } from "./children.mjs";
import { requestsFolder } from "./paths.mjs";

/**
 * @typedef {object} WrkReport
 * @property {number} rate requests a second.
 * @property {number} requests
 * @property {number} p50 milliseconds, as are the other two.
 * @property {number} p99
 * @property {number} max
 * @property {string[]} problems empty when every request was answered with 2xx or 3xx.
 */

/**
 * @typedef {object} WrkOptions
 * @property {number} port
 * @property {string} [path] `/` when not given.
 * @property {string} script a file of bench/requests.
 * @property {number} connections
 * @property {number} seconds a whole number, at least 1.
 */

/**
 * @param {WrkOptions} options
 * @returns {string[]} the arguments of `wrk`, for bench/requests as working directory.
 */
export function wrkArguments({ port, path = "/", script, connections, seconds }) {
  // One thread: it can ask more than any of the servers can answer, and leaves them the other cores.
  return [
    "--threads=1",
    `--connections=${connections}`,
    `--duration=${Math.max(1, Math.round(seconds))}s`,
    "--timeout=5s",
    `--script=${script}`,
    `http://127.0.0.1:${port}${path}`,
  ];
}

/**
 * @param {WrkOptions} options
 * @returns {Promise<WrkReport>}
 */
export async function wrk(options) {
  const child = new Child("wrk", wrkArguments(options), { cwd: requestsFolder });
  const failure = await child.ended;
  const report = /^REPORT (.*)$/m.exec(child.output)?.[1];
  if (report === undefined) {
    return {
      rate: 0,
      requests: 0,
      p50: Number.NaN,
      p99: Number.NaN,
      max: Number.NaN,
      problems: [`wrk gave no report: ${failure ?? child.output.trim().slice(0, 200)}`],
    };
  }
  /** @type {Record<string, number>} */
  const { requests = 0, duration = 0, p50 = 0, p99 = 0, max = 0, ...errors } = JSON.parse(report);
  const problems = ["connect", "read", "write", "status", "timeout"].flatMap((kind) => {
    const count = errors[kind] ?? 0;
    return count === 0
      ? []
      : [`${count} ${kind === "status" ? "answers with a status above 399" : `${kind} errors`}`];
  });
  if (requests === 0) problems.push("no request was answered");
  return {
    rate: requests / (duration / 1e6),
    requests,
    p50: p50 / 1e3,
    p99: p99 / 1e3,
    max: max / 1e3,
    problems,
  };
}
