import type { Application, Failure, FaultListener } from "./application.ts";
import { CodeState } from "./code-state.ts";
import type { Debuggee } from "./debuggee.ts";
import { HighballError } from "./errors.ts";
import { loadOptions, processOptions } from "./head-start.ts";
import { loadFailureOf } from "./load-failure.ts";
import type { Log } from "./log.ts";
import { Prompts } from "./prompts.ts";
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
  /** Only where pages of the debugger want to know of a reload that somebody asked for. */
  readonly state: CodeState | null;
  /** Its workers do not tell. */
  readonly prompts: Prompts = new Prompts();
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #faults: FaultListener | null;
  readonly #source: ProcessSource;
  readonly #scheduler: Scheduler;
  readonly #generations: Generations;

  /** @param faults hears of errors that no request is answered with; null without --debug */
  constructor(settings: Settings, log: Log, faults: FaultListener | null = null) {
    this.#settings = settings;
    this.#log = log;
    this.#faults = faults;
    this.state = faults === null ? null : new CodeState();
    const options = processOptions(settings);
    this.#source = { start: (load) => Interpreter.load(options, load) };
    this.#scheduler = makeScheduler(settings);
    const listener: WorkerListener | null =
      faults === null
        ? null
        : {
            imported: () => {},
            prompted: () => {},
            raised: (fault) => faults.raised(fault),
            died: (death) => faults.died(death),
          };
    this.#generations = makeGenerations(settings, log, this.#scheduler, listener);
  }

  get application(): Application {
    return this.#scheduler;
  }

  get pids(): readonly number[] {
    return this.#generations.pids;
  }

  get debuggee(): Debuggee | null {
    return this.#generations.debuggee;
  }

  start(started: WorkerProcess | null): Promise<LoadedApplication> {
    const { number, ready } = this.#generations.start(this.#source, loadOptions(this.#settings), { started });
    return ready.then((loaded) => {
      this.state?.became("ready", number);
      return loaded;
    });
  }

  /** Starts the workers anew; those that serve go on until the new ones are ready, and if those cannot be. */
  reload(): void {
    const { number, ready } = this.#generations.start(this.#source, loadOptions(this.#settings));
    ready.then(
      () => {
        this.state?.became("ready", number);
        this.#log.info("The application was loaded again.");
      },
      (error: unknown) => {
        if (!(error instanceof HighballError)) throw error;
        const isShown = this.#faults?.loadFailed(loadFailureOf(error)) === true;
        const traceback = error.traceback === undefined || isShown ? "" : `\n${error.traceback}`;
        this.#log.error(
          `The application was not loaded again, the old code goes on: ${error.message}${traceback}`,
        );
      },
    );
  }

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
