/**
 * What the load generators share: they are processes of their own, take their options from the
 * benchmark in one message, and answer with one report (bench/lib/load.mjs is the other end).
 */
import { percentile } from "../lib/statistics.mjs";

/** @typedef {{ count: number, p50: number, p99: number, max: number }} Latencies milliseconds. */

/**
 * For loads that last until the measurement beside them is over.
 *
 * @typedef {object} Background
 * @property {(state: object) => void} ready tells that the load is there.
 * @property {Promise<void>} stopped when the benchmark wants it to end.
 */

/**
 * Take the options, run, report, end.
 *
 * @template Options
 * @param {(options: Options, background: Background) => Promise<object>} load
 */
export function serveAsLoad(load) {
  process.once("message", (/** @type {{ options: Options }} */ { options }) => {
    /** @type {Promise<void>} */
    const stopped = new Promise((resolve) => process.once("message", () => resolve()));
    const background = { ready: (/** @type {object} */ state) => process.send?.({ ready: state }), stopped };
    load(options, background).then(
      (report) => process.send?.({ report }, () => process.exit(0)),
      (error) => process.send?.({ failure: String(error) }, () => process.exit(1)),
    );
  });
  process.once("disconnect", () => process.exit(1));
}

/**
 * @param {readonly number[]} values milliseconds.
 * @returns {Latencies}
 */
export function latencies(values) {
  let max = 0;
  for (const value of values) max = Math.max(max, value);
  return { count: values.length, p50: percentile(values, 0.5), p99: percentile(values, 0.99), max };
}

/**
 * @param {string} path
 * @returns {string} the bytes of a small GET request.
 */
export function getRequest(path) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: highball-bench\r\nAccept: */*\r\n\r\n`;
}

/** Counts what went wrong, by message. */
export class Problems {
  /** @type {Map<string, number>} */
  #counts = new Map();

  /**
   * @param {string} message
   * @param {number} [count]
   */
  add(message, count = 1) {
    if (count > 0) this.#counts.set(message, (this.#counts.get(message) ?? 0) + count);
  }

  /** @returns {string[]} */
  list() {
    return [...this.#counts].map(([message, count]) => `${count} × ${message}`);
  }
}
