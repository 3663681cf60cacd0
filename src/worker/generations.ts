import type { Failure } from "../application.ts";
import type { Debuggee } from "../debuggee.ts";
import type { Log } from "../log.ts";
import { Pool } from "./pool.ts";
import type { LoadOptions, ProcessSource, WorkerProcess } from "./process.ts";
import { Rendezvous } from "./rendezvous.ts";
import { Seat } from "./seat.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Ready, WorkerListener } from "./worker.ts";

export interface GenerationOptions {
  /** Milliseconds; 0 waits for ever. */
  readonly bootTimeout: number;
  /** Milliseconds that requests of the generation before get to finish. */
  readonly grace: number;
  readonly log: Log;
  readonly listener: WorkerListener | null;
}

export interface StartOptions {
  /** A process that loads the application already, to be the first worker. */
  readonly started?: WorkerProcess | null;
  /** Awaited before the generation takes over; it may abandon it. */
  readonly beforeServing?: () => Promise<void>;
}

/** A generation that is being started. */
export interface Attempt {
  /** Counts up from 1. */
  readonly number: number;
  /** Resolves when it serves; rejects with a HighballError when it cannot be loaded. Never, once abandoned. */
  readonly ready: Promise<Ready>;
  /** Ends it; whatever comes of it is dropped. */
  abandon(): void;
}

/** What a request is told that ran when the code changed, and did not come to an end. */
const RETIRED: Failure = {
  kind: "unavailable",
  reason: "the code changed, and this request of the old code did not finish in time",
};

/**
 * The workers of each version of the code, one pool for each: a new one is started beside the one
 * that serves, takes over when it is ready, and the old one ends when it has finished what it runs.
 */
export class Generations {
  readonly #options: GenerationOptions;
  readonly #scheduler: Scheduler;
  readonly #pools: Set<Pool> = new Set();
  readonly #endings: Set<Promise<void>> = new Set();
  #rendezvous: Promise<Rendezvous> | null = null;
  #opened: Rendezvous | null = null;
  #serving: Pool | null = null;
  #number = 0;
  #ended = false;

  constructor(options: GenerationOptions, scheduler: Scheduler) {
    this.#options = options;
    this.#scheduler = scheduler;
  }

  /** Process ids of all workers, those of retiring generations too. */
  get pids(): number[] {
    return [...this.#pools].flatMap((pool) => pool.pids);
  }

  /** A worker of the code that serves; null if none does. */
  get debuggee(): Debuggee | null {
    return this.#serving?.debuggee ?? null;
  }

  /** Requests of retired generations still run, or their workers are about to end. */
  retiring(): Promise<void> | null {
    return this.#endings.size === 0 ? null : Promise.all(this.#endings).then(() => undefined);
  }

  /** Starts the next generation; once it is ready, the one that serves is retired. */
  start(
    source: ProcessSource,
    load: LoadOptions,
    { started = null, beforeServing }: StartOptions = {},
  ): Attempt {
    this.#number += 1;
    const number = this.#number;
    let abandoned = false;
    let pool: Pool | null = null;
    const begin = async (): Promise<Ready> => {
      const rendezvous = this.#opened ?? (await this.#open());
      if (abandoned || this.#ended) {
        started?.kill("SIGKILL");
        return forever();
      }
      const { bootTimeout, log, listener } = this.#options;
      const options = { source, rendezvous, started, load, bootTimeout, log, listener };
      const next = new Pool(options, this.#scheduler);
      pool = next;
      this.#pools.add(next);
      try {
        const ready = await next.start({
          before: async () => beforeServing?.(),
          now: () => {
            this.retire();
            this.#serving = next;
          },
        });
        return abandoned ? await forever() : ready;
      } catch (error) {
        this.#pools.delete(next);
        if (abandoned) return forever();
        throw error;
      }
    };
    return {
      number,
      ready: begin(),
      abandon: () => {
        abandoned = true;
        if (pool === null) return;
        if (this.#serving === pool) this.#serving = null;
        pool.kill();
        this.#pools.delete(pool);
      },
    };
  }

  /** A place for a process that is to be a worker some time; null before the first start. */
  seat(): Seat | null {
    return this.#opened === null || this.#ended ? null : new Seat(this.#opened);
  }

  /** Takes the generation that serves out of service; requests wait for the next one. */
  retire(): void {
    const pool = this.#serving;
    if (pool === null) return;
    this.#serving = null;
    const ending = pool.retire(this.#options.grace, RETIRED).finally(() => {
      this.#pools.delete(pool);
      this.#endings.delete(ending);
    });
    this.#endings.add(ending);
  }

  /** Ends all workers; call when nothing is in flight, or what is will be cut. */
  async stop(): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#pools].map((pool) => pool.stop()));
    await this.#close();
  }

  /** Ends everything now. */
  kill(): void {
    this.#ended = true;
    for (const pool of this.#pools) pool.kill();
    void this.#close();
  }

  async #open(): Promise<Rendezvous> {
    this.#rendezvous ??= Rendezvous.open();
    this.#opened = await this.#rendezvous;
    return this.#opened;
  }

  async #close(): Promise<void> {
    (await this.#rendezvous)?.close();
  }
}

function forever(): Promise<never> {
  return new Promise(() => {});
}
