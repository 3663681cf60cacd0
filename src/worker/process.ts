import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Invitation, Seat } from "./seat.ts";

/** The worker's entry point; from `src/worker` and from `dist/worker` alike. */
const ENTRY: string = fileURLToPath(new URL("../../python/highball/worker/__main__.py", import.meta.url));

/** The descriptor on which a process is told what to do. */
const BOOT_DESCRIPTOR = 3;

export interface ProcessOptions {
  readonly python: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  readonly error?: NodeJS.ErrnoException;
}

/** What a worker is told to load and how to run it. */
export interface LoadOptions {
  readonly target: string;
  readonly directory: string;
  readonly pythonPath: readonly string[];
  readonly threads: number;
  readonly workers: number;
  readonly serverSoftware: string;
  readonly argv0: string;
  /** The code may change: the worker says what it has imported, and trusts no compiled file that is new. */
  readonly reloads: boolean;
  /** It measures what it imports. */
  readonly verbose: boolean;
  /** It describes errors, and keeps their frames. */
  readonly debugs: boolean;
  /** It runs code in them. */
  readonly evaluates: boolean;
  /** The gateway shows them in the terminal: it need not print what a request has raised. */
  readonly shows: boolean;
}

/** A process that loads the application, and connects when it is invited. */
export interface WorkerProcess {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Where it sits already; null if it is still to be invited somewhere. */
  readonly seat: Seat | null;
  /** 0 while it has none. */
  readonly pid: number;
  readonly exited: Promise<Exit>;
  invite(invitation: Invitation): void;
  /** It has connected. */
  greeted(): void;
  kill(signal: NodeJS.Signals): void;
}

/** Where processes come from: a cold start, a spare interpreter, or the zygote. */
export interface ProcessSource {
  /** Starts a process that loads the application. */
  start(load: LoadOptions): WorkerProcess;
}

/** One Python interpreter of the gateway's own; its standard streams are the gateway's. */
export class Interpreter implements WorkerProcess {
  readonly startedAt: number = Date.now();
  readonly seat: null = null;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;

  constructor(options: ProcessOptions, ...role: readonly "zygote"[]) {
    // -u: what the application prints appears at once, in a pipe or a container too.
    this.#child = spawn(options.python, ["-u", ENTRY, String(BOOT_DESCRIPTOR), ...role], {
      cwd: options.directory,
      env: { ...options.env },
      stdio: ["inherit", "inherit", "inherit", "pipe"],
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve({ code: null, signal: null, error }));
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.#boot?.on("error", () => {}); // it died before it read: `exited` tells
  }

  /** Starts one that begins to load the application at once, and connects when it is invited. */
  static load(options: ProcessOptions, load: LoadOptions): Interpreter {
    const interpreter = new Interpreter(options);
    interpreter.tell(load);
    return interpreter;
  }

  invite(invitation: Invitation): void {
    this.tell(invitation);
  }

  greeted(): void {}

  /** 0 if the process could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Says something on its descriptor 3: one line of JSON (docs/reference/protocol.md, Starting). */
  tell(message: object): void {
    this.#boot?.write(`${JSON.stringify(message)}\n`);
  }

  /** Hears what it says there. */
  onLine(listener: (line: string) => void): void {
    if (this.#boot === null) return;
    // An error is its end, which `exited` tells.
    createInterface({ input: this.#boot })
      .on("line", listener)
      .on("error", () => {});
  }

  /** Says that nothing more will be said; what it says is heard to the end. */
  hangUp(): void {
    this.#boot?.end();
  }

  get #boot(): Duplex | null {
    // Node has no streams at all, whatever its types say, where there was no descriptor left for them.
    const streams: ChildProcess["stdio"] | undefined = this.#child.stdio;
    const boot = streams?.[BOOT_DESCRIPTOR];
    // A pipe of child_process goes both ways.
    return boot !== null && boot !== undefined && "write" in boot ? (boot as Duplex) : null;
  }
}

/** `was killed by SIGSEGV`, `exited with status 3`. */
export function describeExit(exit: Exit): string {
  if (exit.error !== undefined) return `could not be started: ${exit.error.message}`;
  return exit.signal === null
    ? `exited with status ${exit.code ?? "unknown"}`
    : `was killed by ${exit.signal}`;
}
