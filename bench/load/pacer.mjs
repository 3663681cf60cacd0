/**
 * Wakes the load generator at fixed moments. Node's timers count whole milliseconds; here a thread
 * sleeps on a futex, which keeps time to some 50 µs without turning a core into a busy loop.
 */
import { parentPort, workerData } from "node:worker_threads";
import { now } from "./http-client.mjs";

/** @type {{ begin: number, interval: number, count: number }} */
const { begin, interval, count } = workerData;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

for (let index = 0; index < count; index += 1) {
  // Always from the begin, never from the last tick: a late wake-up delays no later one.
  const wait = begin + index * interval - now();
  if (wait > 0) Atomics.wait(sleeper, 0, 0, wait);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(index);
}
