/** What Highball's reloader must reach and what would be a dream: the table that issue 3 ends with. */
import { serverNamed } from "./servers.mjs";

/** @typedef {import("./report.mjs").Result} Result */

/**
 * @typedef {object} Target
 * @property {string} title
 * @property {"at least" | "at most"} direction
 * @property {number} must
 * @property {number} dream
 * @property {string} unit empty for ratios and counts.
 * @property {number} digits
 * @property {(results: readonly Result[]) => number} value NaN when something it needs was not measured.
 */

/**
 * @param {readonly Result[]} results
 * @param {string} topic
 * @returns {Result[]} of servers that were asked on new connections, and could be measured.
 */
const fresh = (results, topic) =>
  results.filter(
    ({ measurement, entry }) =>
      measurement.topic.id === topic && measurement.plan.mode === "fresh" && entry.problem === null,
  );

/**
 * @param {readonly Result[]} results
 * @param {string} topic
 * @returns {import("./entry.mjs").Summary | undefined}
 */
const highball = (results, topic) =>
  fresh(results, topic).find(({ measurement }) => measurement.server === "highball")?.summary;

/**
 * @param {(server: import("./servers.mjs").ReloadServer) => boolean} counts
 * @returns {Target["value"]} how often Highball's median is in that of the best of these peers.
 */
const bestPeer = (counts) => (results) => {
  const medians = fresh(results, "flask")
    .filter(({ measurement }) => counts(serverNamed(measurement.server)))
    .map(({ summary }) => summary.median);
  return medians.length === 0
    ? Number.NaN
    : Math.min(...medians) / (highball(results, "flask")?.median ?? Number.NaN);
};

/** @type {readonly Target[]} */
export const TARGETS = [
  {
    title: "Flask: median save to new response",
    direction: "at most",
    must: 40,
    dream: 20,
    unit: "ms",
    digits: 1,
    value: (results) => highball(results, "flask")?.median ?? Number.NaN,
  },
  {
    title: "heavy application: median save to new response",
    direction: "at most",
    must: 60,
    dream: 30,
    unit: "ms",
    digits: 1,
    value: (results) => highball(results, "heavy")?.median ?? Number.NaN,
  },
  {
    title: "worst of all saves, Flask and heavy",
    direction: "at most",
    must: 250,
    dream: 80,
    unit: "ms",
    digits: 1,
    value: (results) =>
      Math.max(
        highball(results, "flask")?.worst ?? Number.NaN,
        highball(results, "heavy")?.worst ?? Number.NaN,
      ),
  },
  {
    title: "best peer / Highball, Flask, medians",
    direction: "at least",
    must: 15,
    dream: 40,
    unit: "",
    digits: 1,
    value: bestPeer(({ peer }) => peer),
  },
  {
    title: "best peer of those that need no further package to reload / Highball, Flask, medians",
    direction: "at least",
    must: 15,
    dream: 40,
    unit: "",
    digits: 1,
    value: bestPeer(({ peer, extra }) => peer && extra !== true),
  },
  {
    title: "Highball in all rows: failed requests, stale answers, saves not noticed",
    direction: "at most",
    must: 0,
    dream: 0,
    unit: "",
    digits: 0,
    value: (results) =>
      results
        .filter(({ measurement }) => !serverNamed(measurement.server).peer)
        .reduce((sum, { summary }) => sum + summary.failed + summary.stale + summary.missed, 0),
  },
];
