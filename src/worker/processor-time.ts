import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of all threads of a process since they began. */
export interface ProcessorTime {
  /** They ran. */
  readonly used: number;
  /** They were ready to run and had no processor. */
  readonly waited: number;
}

/**
 * What a process has had of the processors.
 *
 * On a busy machine a fast application looks slow by the clock; this tells the two apart. Linux counts
 * it for each thread (proc(5), `schedstat`). Null elsewhere, and for a process that has ended.
 */
export function processorTime(pid: number): ProcessorTime | null {
  const schedules = ofThreads(pid, "schedstat");
  if (schedules.length === 0) return null;
  let used = 0;
  let waited = 0;
  for (const schedule of schedules) {
    const [ran = "0", queued = "0"] = schedule.split(" ");
    used += Number(ran);
    waited += Number(queued);
  }
  return { used: used / 1e6, waited: waited / 1e6 };
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
