import { constants, setPriority } from "node:os";
import type { Failure } from "../application.ts";
import type { Debuggee } from "../debuggee.ts";
import { HighballError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Job } from "./job.ts";
import type { Lane } from "./lane.ts";
import {
  describeExit,
  type Exit,
  type LoadOptions,
  type ProcessSource,
  type WorkerProcess,
} from "./process.ts";
import type { Scheduler } from "./scheduler.ts";
import { Worker, type Ready, type WorkerOptions } from "./worker.ts";

export interface PoolOptions extends WorkerOptions {
  readonly source: ProcessSource;
  /** A process that has been started already, to be the first worker. */
  readonly started: WorkerProcess | null;
  readonly load: LoadOptions;
  readonly log: Log;
}

/** What happens when a generation takes over. */
export interface Entrance {
  /** Awaited when the first worker has loaded the application; the pool may be ended by it. */
  readonly before: () => Promise<void>;
  /** The first worker is about to be given requests. */
  readonly now: () => void;
}

/** Milliseconds before a worker that died is replaced: at once, then longer each time. */
const FIRST_BACKOFF = 100;
/** For one that had served: a request that kills its worker must not take the others' for long. */
const LONGEST_CRASH_BACKOFF = 1_000;
/** For one that could not load the application: it will hardly load the next moment. */
const LONGEST_BOOT_BACKOFF = 30_000;
/** A worker that lived this long (milliseconds) is no part of a crash loop. */
const SETTLED = 10_000;
/** After a worker's end its connection may be held by a child it forked: no longer than this. */
const LAST_WORDS = 200;
/** Milliseconds that the first worker gets to load the application before the others start too. */
const HEAD_START = 1_000;
/**
 * Milliseconds after which a retired worker that is idle ends. To end takes an interpreter longer than to
 * load a small application: at once, the first answer of the new code came 4 ms later (of 6), on two processors.
 */
const LEAVE_AFTER = 100;
/** Milliseconds that atexit handlers and the like get once a worker was asked to quit. */
const QUIT_GRACE = 5_000;
/** The same where a request is still running: its time is over and its client has gone. */
const BUSY_QUIT_GRACE = 1_000;

/** The workers of one generation: starts them, replaces those that die, ends them. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #scheduler: Scheduler;
  readonly #workers: Set<Worker> = new Set();
  readonly #lanes: Map<Worker, Lane> = new Map();
  #started: WorkerProcess | null;
  #stopping = false;
  #othersStarted = false;
  #entrance: Entrance | null = null;
  #backoff = 0;
  #pending: Set<NodeJS.Timeout> = new Set();

  constructor(options: PoolOptions, scheduler: Scheduler) {
    this.#options = options;
    this.#started = options.started;
    this.#scheduler = scheduler;
  }

  /** Process ids of the workers there are. */
  get pids(): number[] {
    return [...this.#workers].map((worker) => worker.pid);
  }

  /** The worker that has served longest of those that serve; null if none does. */
  get debuggee(): Debuggee | null {
    for (const worker of this.#lanes.keys()) if (!worker.debuggee.isGone) return worker.debuggee;
    return null;
  }

  /**
   * Starts the workers; resolves when the first one has loaded the application.
   *
   * It is started alone, so that it has a processor to itself and a broken application fails once;
   * the others follow when it is ready, or when that takes long.
   *
   * @param entrance what happens before the first worker is given requests
   * @throws HighballError when the first start fails: it would fail again, so it is final.
   */
  async start(entrance: Entrance): Promise<Ready> {
    this.#entrance = entrance;
    const first = this.#spawn();
    const timer = setTimeout(() => this.#spawnOthers(), HEAD_START);
    try {
      const ready = await first;
      // After the requests that have been waiting: to start a process blocks for some milliseconds.
      setImmediate(() => this.#spawnOthers());
      return ready;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #spawnOthers(): void {
    if (this.#stopping || this.#othersStarted) return;
    this.#othersStarted = true;
    for (let count = 1; count < this.#options.load.workers; count += 1) {
      this.#spawn().catch((error: unknown) => this.#bootFailed(error as HighballError));
    }
  }

  /** Ends the workers; those still busy are killed. Call when the scheduler is idle, or will not be. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#pending) clearTimeout(timer);
    const exits = [...this.#workers].map((worker) => this.#end(worker));
    await Promise.all(exits);
  }

  /**
   * Gives the workers no new requests and ends each when it has finished those it runs; what runs
   * for longer than `grace` milliseconds is cut with `failure`, unless it is being debugged. What was
   * not started goes elsewhere.
   */
  async retire(grace: number, failure: Failure): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const timer of this.#pending) clearTimeout(timer);
    const rest = new Promise((resolve) => setTimeout(resolve, LEAVE_AFTER));
    const endings = [...this.#workers].map(async (worker) => {
      const lane = this.#lanes.get(worker);
      const isDebugged = (): boolean => worker.prompting;
      if (lane !== undefined) await this.#scheduler.retireLane(lane, grace, failure, isDebugged);
      await rest;
      yieldProcessors(worker.pid);
      await this.#end(worker);
    });
    await Promise.all(endings);
  }

  /** Ends everything now. */
  kill(): void {
    this.#stopping = true;
    for (const timer of this.#pending) clearTimeout(timer);
    for (const worker of this.#workers) worker.process.kill("SIGKILL");
  }

  async #end(worker: Worker): Promise<void> {
    const grace = worker.channel?.busy === true ? BUSY_QUIT_GRACE : QUIT_GRACE;
    const timer = setTimeout(() => worker.process.kill("SIGKILL"), grace);
    worker.quit();
    await worker.process.exited;
    clearTimeout(timer);
  }

  /** Rejects, and never throws: what fails for want of descriptors or memory is tried again. */
  async #spawn(): Promise<Ready> {
    const { source, load } = this.#options;
    const process = this.#started ?? source.start(load);
    this.#started = null;
    let worker: Worker;
    try {
      worker = new Worker(process, this.#options, this.#scheduler);
    } catch (error) {
      process.kill("SIGKILL");
      throw error;
    }
    this.#workers.add(worker);
    const started = performance.now();
    let lane: Lane | null = null;
    let ended: Exit | null = null;
    void worker.process.exited.then((exit) => {
      ended = exit;
      return this.#exited(worker, lane, exit, performance.now() - started);
    });
    return worker.ready.then(async (ready) => {
      await this.#entrance?.before();
      if (ended !== null) throw endedEarly(ended);
      const { channel } = worker;
      if (channel !== null && !this.#stopping) {
        this.#entrance?.now();
        this.#entrance = null;
        lane = this.#scheduler.addLane(channel, load.threads);
        this.#lanes.set(worker, lane);
        channel.attach(lane);
        this.#options.log.debug(`Worker ${worker.pid} is ready.`);
      }
      return ready;
    });
  }

  async #exited(worker: Worker, lane: Lane | null, exit: Exit, lived: number): Promise<void> {
    this.#workers.delete(worker);
    this.#lanes.delete(worker);
    const { channel } = worker;
    if (channel !== null) {
      const timer = setTimeout(() => channel.destroy(), LAST_WORDS);
      await channel.closed;
      clearTimeout(timer);
    }
    const { lastStarted, responses, lastStack } = worker.readLedger();
    if (lane === null) return; // it never served: `ready` has told why
    channel?.deliver(responses);
    const reason = describeExit(exit);
    const { lost, moved } = this.#scheduler.buryLane(lane, lastStarted, reason, lastStack);
    if (this.#stopping && lost.length === 0) return;
    if (lost.length === 0) this.#options.listener?.died({ pid: worker.pid, reason, traceback: lastStack });
    this.#options.log.error(`Worker ${worker.pid} ${reason}${describeLoss(lost, moved)}.`);
    if (this.#stopping) return;
    if (lived > SETTLED) this.#backoff = 0;
    this.#replaceLater(LONGEST_CRASH_BACKOFF);
  }

  #replaceLater(longest: number): void {
    const delay = Math.min(this.#backoff, longest);
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      this.#spawn().catch((error: unknown) => this.#bootFailed(error as HighballError));
    }, delay);
    this.#pending.add(timer);
    this.#backoff = Math.min(Math.max(FIRST_BACKOFF, delay * 2), longest);
  }

  /** A worker that was to replace another did not come up: say so, and try again later. */
  #bootFailed(error: HighballError): void {
    if (this.#stopping) return;
    this.#backoff = Math.max(this.#backoff, FIRST_BACKOFF);
    const again = `Trying again in ${this.#backoff / 1000} s.`;
    const traceback = error.traceback === undefined || error.traceback === "" ? "" : `\n${error.traceback}`;
    this.#options.log.error(`${error.message} ${again}${traceback}`);
    this.#replaceLater(LONGEST_BOOT_BACKOFF);
  }
}

/** Where there are few processors the new code, or the requests that waited for it, would compete for them. */
function yieldProcessors(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or may not be told: it competes.
  }
}

function endedEarly(exit: Exit): HighballError {
  return new HighballError(
    "WORKER_BOOT_FAILED",
    `The worker ${describeExit(exit)} just after it had loaded.`,
  );
}

/** `, and with it GET /a; 3 requests that it had not started went to other workers`. */
function describeLoss(lost: readonly Job[], moved: number): string {
  const names = lost.slice(0, 5).map((job) => describeRequest(job.request.environ));
  const more = lost.length > names.length ? ` and ${lost.length - names.length} more` : "";
  const withIt = names.length === 0 ? "" : `; it was running ${names.join(", ")}${more} (answered 502)`;
  if (moved === 0) return withIt;
  return `${withIt}; ${moved} waiting ${moved === 1 ? "request goes" : "requests go"} to other workers`;
}

function describeRequest(environ: string): string {
  const fields = environ.split("\0");
  const value = (name: string): string => {
    for (let index = 0; index + 1 < fields.length; index += 2)
      if (fields[index] === name) return fields[index + 1] ?? "";
    return "";
  };
  return `"${value("REQUEST_METHOD")} ${value("REQUEST_URI")}"`;
}
