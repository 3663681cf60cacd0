import type { Application, Failure } from "./application.ts";
import { loadOptions, processOptions } from "./head-start.ts";
import type { Log } from "./log.ts";
import type { LoadedApplication, ServedCode } from "./served-code.ts";
import type { Settings } from "./settings/settings.ts";
import { Generations } from "./worker/generations.ts";
import { Interpreter, type ProcessSource, type WorkerProcess } from "./worker/process.ts";
import { Scheduler } from "./worker/scheduler.ts";
import type { WorkerListener } from "./worker/worker.ts";

/** What requests are told that wait when there is nobody left to answer them. */
export const STOPPED: Failure = { kind: "unavailable", reason: "the server has stopped" };

/** The scheduler that a server's settings ask for. */
export function makeScheduler(settings: Settings): Scheduler {
  return new Scheduler({
    queueLimit: settings.queueLimit,
    queueTimeout: settings.queueTimeout * 1000,
    retryIdempotent: settings.retryIdempotent,
  });
}

/** The workers that a server's settings ask for, one generation after another. */
export function makeGenerations(
  settings: Settings,
  log: Log,
  scheduler: Scheduler,
  listener: WorkerListener | null = null,
): Generations {
  const { bootTimeout, reloadGrace } = settings;
  const options = { bootTimeout: bootTimeout * 1000, grace: reloadGrace * 1000, log, listener };
  return new Generations(options, scheduler);
}

/** The code as it was when the server started: what cannot be loaded ends the start. */
export class FixedCode implements ServedCode {
  readonly state = null;
  readonly #settings: Settings;
  readonly #scheduler: Scheduler;
  readonly #generations: Generations;

  constructor(settings: Settings, log: Log) {
    this.#settings = settings;
    this.#scheduler = makeScheduler(settings);
    this.#generations = makeGenerations(settings, log, this.#scheduler);
  }

  get application(): Application {
    return this.#scheduler;
  }

  get pids(): readonly number[] {
    return this.#generations.pids;
  }

  start(started: WorkerProcess | null): Promise<LoadedApplication> {
    const options = processOptions(this.#settings);
    const cold: ProcessSource = { start: (load) => Interpreter.load(options, load) };
    return this.#generations.start(cold, loadOptions(this.#settings), started).ready;
  }

  reload(): void {}

  freeze(): void {}

  failWaiting(): void {
    this.#scheduler.failWaiting(STOPPED);
  }

  stop(): Promise<void> {
    return this.#generations.stop();
  }

  kill(): void {
    this.#generations.kill();
  }
}
