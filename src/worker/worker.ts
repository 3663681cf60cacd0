import { openSync, closeSync, ftruncateSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { HighballError, type ErrorCode, catalogue } from "../errors.ts";
import { Channel } from "./channel.ts";
import { describeExit, type Exit, type WorkerProcess } from "./process.ts";
import { FAILED, FrameReader, READY } from "./protocol.ts";
import type { Rendezvous } from "./rendezvous.ts";
import type { Scheduler } from "./scheduler.ts";

/** What a worker says once it has loaded the application. */
export interface Ready {
  readonly application: string;
  readonly python: string;
}

/** Layout in python/highball/worker/ledger.py: last id, length of the responses, the responses. */
const LEDGER_SIZE = 65_536;
const LEDGER_START = 8;

/** A worker's page, which survives it. */
export interface Ledger {
  /** Id of the last request that was started; 0 for none. */
  readonly lastStarted: number;
  /** Frames of responses that were made and not sent. */
  readonly responses: Buffer;
}

/** One worker process from its start to its end. */
export class Worker {
  readonly process: WorkerProcess;
  /** Resolves once the application is loaded; rejects with a HighballError when it cannot be. */
  readonly ready: Promise<Ready>;
  /** Set once `ready` has resolved. */
  channel: Channel | null = null;
  readonly #scheduler: Scheduler;
  readonly #ledger: string;
  #control: Socket | null = null;
  #data: Socket | null = null;
  #said: Ready | null = null;
  #settle: { resolve: (ready: Ready) => void; reject: (error: Error) => void } | null = null;

  /** @param process has not been invited yet */
  constructor(process: WorkerProcess, bootTimeout: number, rendezvous: Rendezvous, scheduler: Scheduler) {
    this.process = process;
    this.#scheduler = scheduler;
    const ticket = rendezvous.invite((purpose, socket) => {
      if (purpose === "control") this.#listen(socket);
      else this.#data = socket;
      this.#loaded();
    });
    this.#ledger = join(rendezvous.folder, `ledger-${ticket.token.slice(0, 16)}`);
    const ledger = openSync(this.#ledger, "w", 0o600);
    ftruncateSync(ledger, LEDGER_SIZE);
    closeSync(ledger);

    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    process.invite({ ...ticket, ledger: this.#ledger });
    const timer = bootTimeout > 0 ? setTimeout(() => this.#giveUp(bootTimeout), bootTimeout) : undefined;
    const done = (): void => {
      clearTimeout(timer);
      rendezvous.uninvite(ticket.token);
    };
    this.ready.then(done, done);
    void this.process.exited.then((exit) => this.#died(exit));
  }

  /** What the worker has left behind; to be read once, when it is dead. */
  readLedger(): Ledger {
    try {
      const page = readFileSync(this.#ledger);
      const length = Math.min(page.readUInt32LE(4), LEDGER_SIZE - LEDGER_START);
      return {
        lastStarted: page.readUInt32LE(0),
        responses: page.subarray(LEDGER_START, LEDGER_START + length),
      };
    } catch {
      return { lastStarted: 0, responses: Buffer.alloc(0) };
    } finally {
      rmSync(this.#ledger, { force: true });
    }
  }

  /** Asks a worker that is idle, or still loads, to leave as a Python program does. */
  quit(): void {
    if (this.channel !== null) this.channel.quit();
    else this.process.kill("SIGKILL");
  }

  #listen(control: Socket): void {
    this.#control = control;
    const reader = new FrameReader((type, _flags, _id, chunk, start, end) =>
      this.#hear(type, chunk.subarray(start, end)),
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

  #hear(type: number, payload: Buffer): void {
    if (type === READY) {
      this.#said = JSON.parse(payload.toString("utf8")) as Ready;
      this.#loaded();
    } else if (type === FAILED) this.#failed(JSON.parse(payload.toString("utf8")) as LoadFailure);
    else this.channel?.controlFrame(type, payload);
  }

  /** READY and the data connection may come in either order. */
  #loaded(): void {
    const ready = this.#said;
    if (ready === null || this.#control === null || this.#data === null || this.#settle === null) return;
    this.channel = new Channel(this.process.pid, this.#control, this.#data, this.#scheduler);
    this.#settle.resolve(ready);
    this.#settle = null;
  }

  #failed(failure: LoadFailure): void {
    const code = failure.code in catalogue ? (failure.code as ErrorCode) : "APPLICATION_IMPORT_FAILED";
    const { message, hint, traceback } = failure;
    const details = { ...(hint === "" ? {} : { hint }), ...(traceback === "" ? {} : { traceback }) };
    this.#reject(new HighballError(code, message, details));
  }

  #giveUp(bootTimeout: number): void {
    const message = `The application did not load within ${bootTimeout / 1000} s (worker ${this.process.pid}).`;
    this.#reject(
      new HighballError("WORKER_BOOT_FAILED", message, {
        hint:
          "Find what its import waits for: a call of app.run() at module level, for example, never returns.\n" +
          "If it only needs longer: --boot-timeout SECONDS",
      }),
    );
    this.process.kill("SIGKILL");
  }

  #died(exit: Exit): void {
    // The worker's own word (FAILED) may still be on its way when the process is gone.
    const tell = (): void => {
      const what = `The worker ${describeExit(exit)} before it had loaded the application.`;
      this.#reject(new HighballError("WORKER_BOOT_FAILED", what));
    };
    if (this.#control === null || this.#control.closed) tell();
    else this.#control.once("close", tell);
  }

  #reject(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }
}

interface LoadFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly traceback: string;
}
