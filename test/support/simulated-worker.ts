import type { ApplicationRequest } from "../../src/application.ts";
import type { Lane, WorkerLink } from "../../src/worker/lane.ts";
import type { Scheduler } from "../../src/worker/scheduler.ts";

/** What the application does with a request, hidden in its environ: milliseconds of work. */
export function requestOf(name: number, milliseconds: number): ApplicationRequest {
  return { environ: `${name}\0${milliseconds}`, body: null, replayable: true };
}

interface Item {
  readonly id: number;
  readonly name: number;
  readonly milliseconds: number;
}

/**
 * A worker by the rules of docs/reference/protocol.md, on the test's clock: runners on demand, one
 * reader, WAKE, RECALL, CANCEL, a ledger. It keeps book of what it started.
 */
export class SimulatedWorker implements WorkerLink {
  readonly pid: number;
  readonly started: number[] = [];
  readonly #threads: number;
  readonly #scheduler: Scheduler;
  readonly #queue: Item[] = [];
  readonly #running: Map<number, NodeJS.Timeout> = new Map();
  #lane: Lane | null = null;
  /** Runners that run a request or read; the others are parked. */
  #awake = 1;
  #dead = false;
  lastStarted = 0;
  /** Its threads are ready to run, and other programs have the processors. */
  starved = false;
  /** How often it was asked to let another runner go on. */
  woken = 0;

  constructor(pid: number, threads: number, scheduler: Scheduler) {
    this.pid = pid;
    this.#threads = threads;
    this.#scheduler = scheduler;
  }

  join(): void {
    this.#lane = this.#scheduler.addLane(this, this.#threads);
  }

  /** Runners that do nothing although they could, and work that nobody has begun. */
  get freeRunners(): number {
    return this.#dead ? 0 : this.#threads - this.#running.size;
  }

  get unstarted(): number {
    return this.#queue.length;
  }

  die(): void {
    this.#dead = true;
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
    this.#queue.length = 0;
    if (this.#lane !== null) this.#scheduler.buryLane(this.#lane, this.lastStarted, "was killed by SIGKILL");
  }

  request(id: number, request: ApplicationRequest, follow: boolean): void {
    const [name = "", milliseconds = ""] = request.environ.split("\0");
    this.#queue.push({ id, name: Number(name), milliseconds: Number(milliseconds) });
    if (follow && this.#awake <= this.#running.size && this.#awake < this.#threads) this.#awake += 1;
    this.#work();
  }

  wake(id: number): void {
    this.woken += 1;
    if (this.#running.has(id) && this.#running.size >= this.#awake && this.#awake < this.#threads) {
      this.#awake += 1;
      this.#work();
    }
  }

  recall(ids: readonly number[]): void {
    const given = this.#queue.filter((item) => ids.includes(item.id));
    for (const item of given) this.#queue.splice(this.#queue.indexOf(item), 1);
    // The answer takes its time, as any message does.
    setTimeout(() => {
      if (!this.#dead && this.#lane !== null)
        this.#scheduler.recalled(
          this.#lane,
          given.map((item) => item.id),
        );
    }, 0);
  }

  cancel(id: number): void {
    if (!this.#running.has(id)) this.recall([id]);
  }

  processorTime(): null {
    return null;
  }

  wantsProcessor(): boolean {
    return this.starved && this.#running.size > 0;
  }

  credit(): void {}

  opened(): void {}

  #work(): void {
    while (!this.#dead && this.#queue.length > 0 && this.#running.size < this.#awake) {
      const item = this.#queue.shift() as Item;
      this.lastStarted = item.id;
      this.started.push(item.name);
      this.#running.set(
        item.id,
        setTimeout(() => this.#end(item), item.milliseconds),
      );
    }
  }

  #end(item: Item): void {
    this.#running.delete(item.id);
    // Who finishes reads on; the others that find nothing to do park.
    if (this.#queue.length === 0) this.#awake = Math.max(1, this.#running.size);
    const job = this.#lane?.inFlight.get(item.id);
    if (this.#lane !== null && job !== undefined) {
      this.#scheduler.finished(this.#lane, job, Date.now());
      if (!job.cancelled) job.responder.respond("200 OK", Buffer.from(String(item.name)), true);
    }
    this.#work();
  }
}
