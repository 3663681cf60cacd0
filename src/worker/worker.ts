import type { Socket } from "node:net";
import type { FaultListener } from "../application.ts";
import type { ErrorModel } from "../error-model.ts";
import { HighballError, type ErrorCode, type ErrorDetails, catalogue } from "../errors.ts";
import { Channel } from "./channel.ts";
import { readErrorModel, readLines, readObject } from "./error-payload.ts";
import { lastWords } from "./last-words.ts";
import { describeExit, type Exit, type WorkerProcess } from "./process.ts";
import {
  encodeFrame,
  ERROR,
  EVALUATED,
  FAILED,
  FrameReader,
  IMPORTED,
  OPEN,
  PROMPT,
  READY,
  SUGGESTED,
} from "./protocol.ts";
import type { Rendezvous } from "./rendezvous.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Ledger, Seat } from "./seat.ts";
import { WorkerDebuggee } from "./worker-debuggee.ts";
import type { Unfit } from "./zygote.ts";

/** What a worker says once it has loaded the application. */
export interface Ready {
  readonly application: string;
  readonly python: string;
  /** What it has imported; only of a worker that was told that the code may change. */
  readonly imports?: Imports;
  /** What had been imported ahead and was of no use, so that it started anew. */
  readonly unfit?: readonly Unfit[];
}

/** The modules of a worker, in the order in which their import began. */
export interface Imports {
  /** Files of the application's own: neither the standard library's nor from site-packages. */
  readonly files: readonly string[];
  /** Names of the other modules, without those that were imported ahead: what the zygote may import ahead. */
  readonly modules: readonly string[];
  /** Where libraries are installed. */
  readonly folders: readonly string[];
  /** What was slow, with milliseconds, slowest first; only where that was asked for. */
  readonly slowest: readonly (readonly [module: string, milliseconds: number])[];
}

/** Hears of workers what nobody has asked them; `imported` only of those that were told that the code may change. */
export interface WorkerListener extends Pick<FaultListener, "raised" | "died"> {
  /** A running application has imported more. */
  imported(imports: Pick<Imports, "files" | "modules">): void;
  /** Somebody is wanted at the terminal (+1), or no more (-1). */
  prompted(difference: 1 | -1): void;
}

export interface WorkerOptions {
  /** Milliseconds; 0 waits for ever. */
  readonly bootTimeout: number;
  readonly rendezvous: Rendezvous;
  readonly listener: WorkerListener | null;
}

/** One worker process from its start to its end. */
export class Worker {
  readonly process: WorkerProcess;
  /** Resolves once the application is loaded; rejects with a HighballError when it cannot be. */
  readonly ready: Promise<Ready>;
  /** Set once `ready` has resolved. */
  channel: Channel | null = null;
  /** Holds the frames of what the application has raised in it. */
  readonly debuggee: WorkerDebuggee;
  readonly #scheduler: Scheduler;
  readonly #seat: Seat;
  readonly #listener: WorkerListener | null;
  #prompting = false;
  #ledger: Ledger | null = null;
  #timer: NodeJS.Timeout | undefined;
  #control: Socket | null = null;
  #data: Socket | null = null;
  #said: Ready | null = null;
  #pid = 0;
  #settle: { resolve: (ready: Ready) => void; reject: (error: Error) => void } | null = null;

  /** @param process has not been invited yet */
  constructor(process: WorkerProcess, options: WorkerOptions, scheduler: Scheduler) {
    const { bootTimeout, rendezvous } = options;
    this.process = process;
    this.#scheduler = scheduler;
    this.#listener = options.listener;
    const seat = process.seat ?? new Seat(rendezvous);
    this.#seat = seat;
    this.debuggee = new WorkerDebuggee(
      () => this.pid,
      (frame) => this.#control?.write(frame),
    );
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    process.invite(seat.invitation);
    seat.take((purpose, socket, pid) => {
      this.#pid = pid;
      process.greeted();
      if (purpose === "control") {
        // A process that starts anew opens both again, this one first.
        if (this.#control !== null) this.#data = null;
        this.#listen(socket);
      } else this.#data = socket;
      this.#loaded();
    });
    if (bootTimeout > 0) this.#timer = setTimeout(() => this.#giveUp(bootTimeout), bootTimeout);
    const done = (): void => {
      clearTimeout(this.#timer);
      seat.close();
    };
    this.ready.then(done, done);
    void this.process.exited.then((exit) => {
      this.#prompt(false);
      this.debuggee.end();
      void this.#died(exit);
    });
  }

  /** Somebody is wanted at the terminal. */
  get prompting(): boolean {
    return this.#prompting;
  }

  get pid(): number {
    return this.#pid === 0 ? this.process.pid : this.#pid;
  }

  /** What the worker has left behind; to be read when it is dead. */
  readLedger(): Ledger {
    this.#ledger ??= this.#seat.readLedger();
    return this.#ledger;
  }

  /** Asks a worker that is idle, or still loads, to leave as a Python program does. */
  quit(): void {
    this.debuggee.leave();
    if (this.channel !== null) this.channel.quit();
    else this.process.kill("SIGKILL");
  }

  #listen(control: Socket): void {
    this.#control = control;
    const reader = new FrameReader((type, flags, id, chunk, start, end) =>
      this.#hear(type, flags, id, chunk.subarray(start, end)),
    );
    control.on("error", () => control.destroy());
    control.on("data", (chunk: Buffer) => {
      try {
        reader.feed(chunk);
      } catch {
        control.destroy();
      }
    });
  }

  #hear(type: number, flags: number, id: number, payload: Buffer): void {
    if (type === READY) {
      this.#said = JSON.parse(payload.toString("utf8")) as Ready;
      this.#loaded();
    } else if (type === FAILED) this.#failed(JSON.parse(payload.toString("utf8")) as LoadFailure);
    else if (type === IMPORTED) this.#listener?.imported(JSON.parse(payload.toString("utf8")) as Imports);
    else if (type === PROMPT) this.#prompt((flags & OPEN) !== 0);
    else if (type === ERROR) this.#raised(id, payload);
    else if (type === EVALUATED || type === SUGGESTED) this.debuggee.hear(type, id, payload);
    else this.channel?.controlFrame(type, payload);
  }

  #raised(id: number, payload: Buffer): void {
    const { place, thread, traceback, error, output } = readObject(payload);
    if (place !== "stream" && place !== "close" && place !== "thread") return;
    this.#listener?.raised({
      place,
      record: id === 0 ? 0 : (this.channel?.recordOf(id) ?? 0),
      thread: typeof thread === "string" ? thread : "",
      traceback: typeof traceback === "string" ? traceback : "",
      error: readErrorModel(error),
      output: readLines(output),
      debuggee: this.debuggee,
    });
  }

  #prompt(open: boolean): void {
    if (open === this.#prompting) return;
    this.#prompting = open;
    // Whoever debugs an import takes their time.
    clearTimeout(this.#timer);
    this.#listener?.prompted(open ? 1 : -1);
    // It waits until nobody else reads the terminal.
    if (open) this.#control?.write(encodeFrame(PROMPT, OPEN, 0));
  }

  /** READY and the data connection may come in either order. */
  #loaded(): void {
    const ready = this.#said;
    if (ready === null || this.#control === null || this.#data === null || this.#settle === null) return;
    this.channel = new Channel(this.pid, this.#control, this.#data, this.#scheduler, this.debuggee);
    this.#settle.resolve(ready);
    this.#settle = null;
  }

  #failed(failure: LoadFailure): void {
    const code = failure.code in catalogue ? (failure.code as ErrorCode) : "APPLICATION_IMPORT_FAILED";
    const { message, hint, traceback, imports = null, unfit = [], ofSystem } = failure;
    const details = { ...(hint === "" ? {} : { hint }), ...(traceback === "" ? {} : { traceback }) };
    const error = readErrorModel(failure.error);
    const output = readLines(failure.output);
    this.#reject(new LoadError(code, message, details, { imports, unfit, ofSystem, error, output }));
  }

  #giveUp(bootTimeout: number): void {
    const message = `The application did not load within ${bootTimeout / 1000} s (worker ${this.pid}).`;
    this.#reject(
      new HighballError("WORKER_BOOT_FAILED", message, {
        hint:
          "Find what its import waits for: a call of app.run() at module level, for example, never returns.\n" +
          "If it only needs longer: --boot-timeout SECONDS",
      }),
    );
    this.process.kill("SIGKILL");
  }

  async #died(exit: Exit): Promise<void> {
    // The worker's own word (FAILED) may still be on its way when the process is gone.
    await lastWords();
    const tell = (): void => {
      if (this.#settle === null) return;
      const what = `The worker ${describeExit(exit)} before it had loaded the application.`;
      const traceback = this.readLedger().lastStack;
      this.#reject(new HighballError("WORKER_BOOT_FAILED", what, traceback === "" ? {} : { traceback }));
    };
    if (this.#control === null || this.#control.closed) tell();
    else this.#control.once("close", tell);
  }

  #reject(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }
}

/** What a worker says of a load that failed, beside the error itself. */
export interface LoadCircumstances {
  /** What it had imported, and the files that the error names. */
  readonly imports: Imports | null;
  /** As {@link Ready.unfit}. */
  readonly unfit: readonly Unfit[];
  /** The system refused something, as when a port is still held: it may pass. */
  readonly ofSystem: boolean;
  /** What was raised; null where nothing was, or the worker was not told to debug. */
  readonly error: ErrorModel | null;
  /** The last lines that the process had printed. */
  readonly output: readonly string[];
}

/** The application could not be loaded: the worker's own word. */
export class LoadError extends HighballError {
  readonly circumstances: LoadCircumstances;

  constructor(code: ErrorCode, message: string, details: ErrorDetails, circumstances: LoadCircumstances) {
    super(code, message, details);
    this.circumstances = circumstances;
  }
}

interface LoadFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly traceback: string;
  readonly imports?: Imports;
  readonly unfit?: readonly Unfit[];
  readonly ofSystem: boolean;
  readonly error?: unknown;
  readonly output?: unknown;
}
