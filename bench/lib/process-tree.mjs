/** What Linux says of a process and its descendants, from /proc: who they are, CPU time, memory. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/**
 * A process id can be used again after its process ended; with the start time it names one process.
 *
 * @typedef {{ pid: number, parent: number, session: number, started: string, cpuTicks: number }} ProcessStatus
 */

/** USER_HZ: clock ticks a second of the times in /proc/PID/stat, the same on every Linux of today. */
const TICKS_PER_SECOND = 100;

/**
 * @param {number} pid
 * @returns {ProcessStatus | undefined} nothing when the process has ended.
 */
export function readStatus(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses and may hold anything; the third comes after the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent, , session] = fields;
  if (state === "Z" || state === "X") return undefined;
  return {
    pid,
    parent: Number(parent),
    session: Number(session),
    started: fields[19] ?? "",
    cpuTicks: Number(fields[11]) + Number(fields[12]),
  };
}

/**
 * @param {number} root
 * @returns {ProcessStatus[]} the process, its descendants, and what is left of a session that it began.
 */
export function processTree(root) {
  /** @type {Set<ProcessStatus>} */
  const tree = new Set();
  /** @type {Map<number, ProcessStatus[]>} */
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = readStatus(Number(name));
    if (status === undefined) continue;
    if (status.pid === root || status.session === root) tree.add(status);
    const siblings = children.get(status.parent);
    if (siblings === undefined) children.set(status.parent, [status]);
    else siblings.push(status);
  }
  // A Set is walked to the end even when it grows on the way.
  for (const { pid } of tree) for (const child of children.get(pid) ?? []) tree.add(child);
  return [...tree];
}

/**
 * User and system time of a process and its descendants.
 *
 * @param {number} root
 * @returns {Map<string, number>} microseconds by process.
 */
export function readCpu(root) {
  return new Map(
    processTree(root).map(({ pid, started, cpuTicks }) => [
      `${pid}@${started}`,
      (cpuTicks * 1e6) / TICKS_PER_SECOND,
    ]),
  );
}

/** @typedef {{ total: number, first: number }} CpuUse microseconds of all processes, and of the first of them. */

/**
 * @param {number} root
 * @param {Map<string, number>} before
 * @param {Map<string, number>} after
 * @returns {CpuUse} of the processes that are still there.
 */
export function cpuBetween(root, before, after) {
  const use = { total: 0, first: 0 };
  for (const [name, microseconds] of after) {
    const used = microseconds - (before.get(name) ?? 0);
    use.total += used;
    if (name.startsWith(`${root}@`)) use.first = used;
  }
  return use;
}

/**
 * Remember how much memory every process of a tree holds, and let the kernel count its peak anew.
 *
 * @param {number} root
 * @returns {{ growth: () => number }} `growth()`: bytes by which the peaks since then exceed what was held.
 */
export function watchMemory(root) {
  /** @type {Map<string, number>} */
  const held = new Map();
  for (const { pid, started } of processTree(root)) {
    // proc(5): writing 5 sets the peak resident set size, VmHWM, to the current value.
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
    held.set(`${pid}@${started}`, readMemory(pid, "VmRSS"));
  }
  return {
    growth: () => {
      let sum = 0;
      for (const { pid, started } of processTree(root)) {
        sum += readMemory(pid, "VmHWM") - (held.get(`${pid}@${started}`) ?? 0);
      }
      return sum;
    },
  };
}

/**
 * @param {number} pid
 * @param {"VmRSS" | "VmHWM"} field
 * @returns {number} bytes; 0 when the process has ended.
 */
function readMemory(pid, field) {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(
      readFileSync(`/proc/${pid}/status`, "latin1"),
    );
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
