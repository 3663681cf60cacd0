import { spawn, type ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** The worker's entry point; from `src/worker` and from `dist/worker` alike. */
const ENTRY: string = fileURLToPath(new URL("../../python/highball/worker/__main__.py", import.meta.url));

/** The descriptor on which a worker is told where to connect. */
const BOOT_DESCRIPTOR = 3;

export interface ProcessOptions {
  readonly python: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where a worker connects, what proves it, and the page that survives it. */
export interface Invitation {
  readonly token: string;
  readonly path?: string;
  readonly port?: number;
  readonly ledger: string;
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
}

/**
 * One Python process; its standard streams are the gateway's own. It begins to load the application
 * at once, and connects when it is invited.
 */
export class WorkerProcess {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;

  constructor(options: ProcessOptions, load: LoadOptions) {
    // -u: what the application prints appears at once, in a pipe or a container too.
    this.#child = spawn(options.python, ["-u", ENTRY, String(BOOT_DESCRIPTOR)], {
      cwd: options.directory,
      env: { ...options.env },
      stdio: ["inherit", "inherit", "inherit", "pipe"],
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve({ code: null, signal: null, error }));
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.#boot?.on("error", () => {}); // it died before it read: `exited` tells
    this.#tell(load);
  }

  /** Lets the process connect to the gateway. */
  invite(invitation: Invitation): void {
    this.#tell(invitation);
  }

  /** 0 if the process could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get #boot(): Writable | null {
    // Node has no streams at all, whatever its types say, where there was no descriptor left for them.
    const streams: ChildProcess["stdio"] | undefined = this.#child.stdio;
    const boot = streams?.[BOOT_DESCRIPTOR];
    return boot !== null && boot !== undefined && "write" in boot ? boot : null;
  }

  #tell(message: object): void {
    this.#boot?.write(`${JSON.stringify(message)}\n`);
  }
}

/** `was killed by SIGSEGV`, `exited with status 3`. */
export function describeExit(exit: Exit): string {
  if (exit.error !== undefined) return `could not be started: ${exit.error.message}`;
  return exit.signal === null
    ? `exited with status ${exit.code ?? "unknown"}`
    : `was killed by ${exit.signal}`;
}
