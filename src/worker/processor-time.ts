import { readdirSync, readFileSync } from "node:fs";

/**
 * Milliseconds that the threads of a process were ready to run and had no processor, ever growing.
 *
 * Linux counts them for each thread (proc(5), `schedstat`). On a busy machine a fast application
 * looks slow by the clock; this tells the two apart. 0 elsewhere.
 */
export function runDelay(pid: number): number {
  let nanoseconds = 0;
  for (const schedule of ofThreads(pid, "schedstat")) {
    const [, waited = "0"] = schedule.split(" ");
    nanoseconds += Number(waited);
  }
  return nanoseconds / 1e6;
}

/**
 * Does a thread of the process run, or wait for a processor, and not for anything else?
 *
 * (proc(5), `stat`, state R.) One that sleeps in the application, or waits for Python's interpreter
 * lock, does not. False where there is no such file.
 */
export function wantsProcessor(pid: number): boolean {
  // The name of a thread may hold anything, ")" too; the state follows the last one.
  return ofThreads(pid, "stat").some((stat) => stat.startsWith("R", stat.lastIndexOf(")") + 2));
}

function ofThreads(pid: number, file: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/${file}`, "latin1"),
    );
  } catch {
    // No such file: another system, or a thread has just ended.
    return [];
  }
}
