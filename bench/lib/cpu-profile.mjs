/** Reads what `node --cpu-prof` writes (the Chrome DevTools Protocol's Profiler.Profile). */
import { repositoryFolder } from "./paths.mjs";

/**
 * @typedef {object} CpuProfile
 * @property {{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[]} nodes
 * @property {number[]} samples the node that was running at each sample.
 * @property {number[]} timeDeltas microseconds from the sample before.
 */

/** @typedef {{ name: string, microseconds: number }} Share */

/** Time in which the process slept; it is no work. */
const IDLE = "(idle)";

/**
 * @param {CpuProfile} profile
 * @returns {{ busy: number, functions: Share[], files: Share[] }} microseconds at work, and whose they were,
 *   each function and file with its own time only, longest first.
 */
export function selfTimes({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  /** @type {Map<string, number>} */
  const functions = new Map();
  /** @type {Map<string, number>} */
  const files = new Map();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === IDLE) continue;
    // The sample stands for the time until the next one.
    const microseconds = timeDeltas[index + 1] ?? 0;
    const file = fileName(frame.url, frame.functionName);
    const name = `${frame.functionName === "" ? "(anonymous)" : frame.functionName}  ${file}:${frame.lineNumber + 1}`;
    functions.set(name, (functions.get(name) ?? 0) + microseconds);
    files.set(file, (files.get(file) ?? 0) + microseconds);
    busy += microseconds;
  }
  return { busy, functions: sorted(functions), files: sorted(files) };
}

/**
 * @param {string} url of a script.
 * @param {string} functionName
 * @returns {string} short: in the repository, in Node, or native.
 */
function fileName(url, functionName) {
  if (url === "") return functionName.startsWith("(") ? functionName : "(native)";
  return url.replace(`file://${repositoryFolder}`, "");
}

/**
 * @param {Map<string, number>} times
 * @returns {Share[]}
 */
function sorted(times) {
  return [...times]
    .map(([name, microseconds]) => ({ name, microseconds }))
    .toSorted((a, b) => b.microseconds - a.microseconds);
}
