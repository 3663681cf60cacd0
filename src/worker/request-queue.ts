import type { Job } from "./job.ts";

/** First in, first out, by order of arrival; what comes back from a worker keeps its place. */
export class RequestQueue {
  #jobs: (Job | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(job: Job): void {
    this.#jobs.push(job);
    this.#size += 1;
  }

  first(): Job | undefined {
    while (this.#head < this.#jobs.length) {
      const job = this.#jobs[this.#head];
      if (job !== undefined) return job;
      this.#head += 1;
    }
    this.#jobs = [];
    this.#head = 0;
    return undefined;
  }

  shift(): Job | undefined {
    const job = this.first();
    if (job === undefined) return undefined;
    this.#jobs[this.#head] = undefined;
    this.#head += 1;
    this.#size -= 1;
    // Half of it is holes: move the rest down, at a cost that the shifts before have paid for.
    if (this.#head > 1024 && this.#head * 2 > this.#jobs.length) {
      this.#jobs = this.#jobs.slice(this.#head);
      this.#head = 0;
    }
    return job;
  }

  /** Takes a job out that waits somewhere in the middle. Its client has gone; this is rare. */
  remove(job: Job): void {
    const index = this.#jobs.indexOf(job, this.#head);
    if (index < 0) return;
    this.#jobs[index] = undefined;
    this.#size -= 1;
  }

  /** Puts jobs back that were sent and never started, each where its arrival puts it. */
  putBack(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    const waiting = this.#jobs.slice(this.#head).filter((job) => job !== undefined);
    this.#jobs = [...jobs, ...waiting].toSorted((a, b) => a.sequence - b.sequence);
    this.#head = 0;
    this.#size = this.#jobs.length;
  }
}
