import { readdirSync, readFileSync } from "node:fs";

/**
 * Milliseconds that the threads of a process were ready to run and had no processor, ever growing.
 *
 * Linux counts them for each thread (proc(5), `schedstat`). On a busy machine a fast application
 * looks slow by the clock; this tells the two apart. 0 elsewhere.
 */
export function runDelay(pid: number): number {
  let nanoseconds = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [, waited = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ");
      nanoseconds += Number(waited);
    }
  } catch {
    // No such file: another system, or the worker has just ended.
  }
  return nanoseconds / 1e6;
}
