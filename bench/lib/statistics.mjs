/** The few statistics that the benchmark reports. */

/**
 * One measured quantity over all runs.
 *
 * @typedef {{ median: number, low: number, high: number, runs: number[] }} Figure
 */

/**
 * @param {readonly number[]} values
 * @returns {number} NaN for none; the mean of the middle two for an even number.
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/**
 * @param {readonly number[]} values
 * @returns {Figure}
 */
export function figure(values) {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), runs: [...values] };
}

/**
 * The nearest-rank percentile.
 *
 * @param {readonly number[]} values in any order.
 * @param {number} share 0.99 for the 99th.
 * @returns {number} NaN for no values.
 */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * Numbers in [0, 1) that are the same for the same seed (mulberry32), so that every server of a round
 * meets the same sequence of requests.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
