/** What Highball must reach and what would be a dream: the table that issue 2 ends with. */
import { PEERS } from "./servers.mjs";

/** @typedef {ReadonlyMap<string, import("./row.mjs").RowResult>} Results by row. */

/**
 * @typedef {object} Target
 * @property {string} title
 * @property {string} row that has to be measured for it.
 * @property {"at least" | "at most"} direction
 * @property {number} must
 * @property {number} dream
 * @property {string} unit empty for ratios.
 * @property {(results: Results) => number} value NaN when something it needs was not measured, or went wrong.
 */

/**
 * @param {Results} results
 * @param {string} row
 * @param {string} server
 * @param {string} name of the figure.
 * @returns {number} its median; NaN when it was not measured, or not without errors.
 */
function measured(results, row, server, name) {
  const entry = results.get(row)?.entries[server];
  if (entry === undefined || entry.problems.length > 0) return Number.NaN;
  return entry.figures[name]?.median ?? Number.NaN;
}

/**
 * @param {string} row
 * @param {string} name of the figure.
 * @param {string} peer
 * @returns {Target["value"]}
 */
const ratio = (row, name, peer) => (results) =>
  measured(results, row, "highball", name) / measured(results, row, peer, name);

/** @type {Target["value"]} */
const flaskAgainstBest = (results) => {
  const rates = PEERS.map((peer) => measured(results, "flask", peer, "rate")).filter(
    (rate) => !Number.isNaN(rate),
  );
  return (
    measured(results, "flask", "highball", "rate") / (rates.length === 0 ? Number.NaN : Math.max(...rates))
  );
};

/**
 * @param {string} row
 * @param {string} name
 * @param {number} [factor]
 * @returns {Target["value"]}
 */
const own =
  (row, name, factor = 1) =>
  (results) =>
    measured(results, row, "highball", name) * factor;

const MEBIBYTES = 1 / (1024 * 1024);

/** @type {readonly Target[]} */
export const TARGETS = [
  {
    title: "plain WSGI / gunicorn gthread",
    row: "plain",
    direction: "at least",
    must: 2.5,
    dream: 3.5,
    unit: "",
    value: ratio("plain", "rate", "gthread"),
  },
  {
    title: "Flask / gunicorn gthread",
    row: "flask",
    direction: "at least",
    must: 1.8,
    dream: 2.3,
    unit: "",
    value: ratio("flask", "rate", "gthread"),
  },
  {
    title: "Flask / best of all peers",
    row: "flask",
    direction: "at least",
    must: 0.85,
    dream: 1.1,
    unit: "",
    value: flaskAgainstBest,
  },
  {
    title: "CPU a request beyond the application's own, Flask / gunicorn gthread's",
    row: "cpu",
    direction: "at most",
    must: 0.3,
    dream: 0.17,
    unit: "",
    value: ratio("cpu", "beyond", "gthread"),
  },
  {
    title: "plain WSGI / bare node:http",
    row: "plain",
    direction: "at least",
    must: 0.7,
    dream: 0.85,
    unit: "",
    value: ratio("plain", "rate", "node"),
  },
  {
    title: "400 requests/s, 1 % sleep 500 ms: p99 of the fast ones / p99 without sleepers",
    row: "mix",
    direction: "at most",
    must: 2,
    dream: 1.2,
    unit: "",
    value: own("mix", "ratio"),
  },
  {
    title: "start to first answer, Flask / gunicorn gthread's",
    row: "start",
    direction: "at most",
    must: 1.5,
    dream: 1,
    unit: "",
    value: ratio("start", "first", "gthread"),
  },
  {
    title: "2 GB upload: growth of gateway plus workers",
    row: "upload",
    direction: "at most",
    must: 64,
    dream: 16,
    unit: "MiB",
    value: own("upload", "growth", MEBIBYTES),
  },
  {
    title: "2 GB download: growth of gateway plus workers",
    row: "download",
    direction: "at most",
    must: 64,
    dream: 16,
    unit: "MiB",
    value: own("download", "growth", MEBIBYTES),
  },
  {
    title: "500 silent sockets, 200 clients at 1 byte/s: p99 of a normal request",
    row: "slow-clients",
    direction: "at most",
    must: 50,
    dream: 10,
    unit: "ms",
    value: own("slow-clients", "p99"),
  },
];

/**
 * @param {Target} target
 * @param {number} value
 * @returns {"dream" | "reached" | "SHORT" | "not measured"}
 */
export function verdict({ direction, must, dream }, value) {
  if (Number.isNaN(value)) return "not measured";
  /** @param {number} limit */
  const within = (limit) => (direction === "at least" ? value >= limit : value <= limit);
  if (within(dream)) return "dream";
  return within(must) ? "reached" : "SHORT";
}
