import { closeSync, constants, fstatSync, openSync, write, writeSync } from "node:fs";
import { isatty } from "node:tty";

import { HighballError } from "../errors.ts";
import { atExit, notAtExit } from "./at-exit.ts";
import { HELD_LIMIT, type LogOutput, type LogOutputOptions } from "./log-output.ts";

const NOTHING = Buffer.alloc(0);

/** Milliseconds until a full pipe is tried again: the first time, and at most (it doubles). */
const PIPE_RETRY = 1;
const PIPE_RETRY_LIMIT = 32;
/** Milliseconds until a full disk is tried again. */
const DISK_RETRY = 1000;
/** Milliseconds that a reader gets at the end. */
const CLOSE_PATIENCE = 1000;
const CLOSE_RETRY = 2;

/**
 * A descriptor that is written once a turn of the event loop, synchronously: nothing is lost when
 * the process ends after that turn.
 *
 * Where a reader may stand still (`highball | less`) that must not stop the server. Pipes are
 * written through a description of our own that does not block (proc(5), /proc/self/fd): the
 * workers, which share the pipe itself, keep their blocking one. Sockets (systemd, process managers)
 * cannot be opened again; they are written by a thread of libuv's pool, one write at a time, but for
 * urgent lines.
 */
export class DescriptorOutput implements LogOutput {
  readonly isTerminal: boolean;
  readonly #options: LogOutputOptions;
  /** Null where it is a standard stream. */
  readonly #path: string | null;
  #descriptor: number;
  readonly #isOurs: boolean;
  readonly #usesThread: boolean;
  /** Lines of this turn, and of those since the last write that succeeded. */
  #waiting = "";
  /** What is being written, or has been taken only in part. */
  #rest: Buffer | null = null;
  /** A thread writes the rest. */
  #isInThread = false;
  #scheduled = false;
  #retry: NodeJS.Timeout | null = null;
  #pipeRetry = PIPE_RETRY;
  #lost = 0;
  #failing = false;
  #over = false;

  constructor(standard: number | null, target: string, options: LogOutputOptions) {
    this.#options = options;
    this.#path = standard === null ? target : null;
    const opened = standard === null ? null : openPipeAgain(standard);
    this.#isOurs = standard === null || opened !== null;
    this.#descriptor = standard === null ? openFile(target, options.name) : (opened ?? standard);
    this.#usesThread = options.isUrgent !== true && fstatSync(this.#descriptor).isSocket();
    this.isTerminal = isatty(this.#descriptor);
    atExit(this);
  }

  write(line: string): void {
    if (this.#over) {
      return;
    }
    if (this.#waiting.length + (this.#rest?.length ?? 0) > HELD_LIMIT) {
      this.#lose();
      return;
    }
    this.#waiting += line;
    if (!this.#scheduled && this.#retry === null) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
  }

  flush(): void {
    if (!this.#usesThread) {
      this.#writeNow();
    } else if (!this.#isInThread && this.#takeWaiting()) {
      this.#writeInThread();
    }
  }

  reopen(): void {
    if (this.#path === null || this.#over) {
      return;
    }
    this.flush();
    try {
      const opened = openFile(this.#path, this.#options.name);
      closeSync(this.#descriptor);
      this.#descriptor = opened;
    } catch (error) {
      this.#options.onProblem(`${messageOf(error)} The old file is written on.`);
    }
  }

  async close(): Promise<void> {
    this.flush();
    for (let waited = 0; this.#rest !== null && waited < CLOSE_PATIENCE; waited += CLOSE_RETRY) {
      await new Promise((settle) => {
        setTimeout(settle, CLOSE_RETRY);
      });
      this.flush();
    }
    this.#end();
  }

  /** At exit there are no more turns: waits here, as {@link close} does there. */
  finish(): void {
    this.#options.beforeExit?.();
    const clock = new Int32Array(new SharedArrayBuffer(4));
    if (this.#isInThread) {
      // That write goes on: Node waits for its threads. A moment, and it comes before ours.
      Atomics.wait(clock, 0, 0, CLOSE_RETRY);
      this.#isInThread = false;
      this.#rest = null;
    }
    this.#writeNow();
    for (let waited = 0; this.#rest !== null && waited < CLOSE_PATIENCE; waited += CLOSE_RETRY) {
      Atomics.wait(clock, 0, 0, CLOSE_RETRY);
      this.#writeNow();
    }
  }

  /** Makes what waits the rest, when there is none. */
  #takeWaiting(): boolean {
    if (this.#rest === null && this.#waiting !== "") {
      this.#rest = Buffer.from(this.#waiting, "utf8");
      this.#waiting = "";
    }
    return this.#rest !== null;
  }

  #writeNow(): void {
    while (this.#takeWaiting()) {
      try {
        this.#wrote(writeSync(this.#descriptor, this.#rest ?? NOTHING));
      } catch (error) {
        this.#fail(error);
        return;
      }
    }
    this.#recover();
  }

  #writeInThread(): void {
    this.#isInThread = true;
    write(this.#descriptor, this.#rest ?? NOTHING, (error, written) => {
      this.#isInThread = false;
      if (this.#over) {
        return;
      }
      if (error !== null) {
        this.#fail(error);
        return;
      }
      this.#wrote(written);
      if (this.#takeWaiting()) {
        this.#writeInThread();
      } else {
        this.#recover();
      }
    });
  }

  #wrote(bytes: number): void {
    this.#pipeRetry = PIPE_RETRY;
    const { length } = this.#rest ?? NOTHING;
    this.#rest = bytes < length ? (this.#rest?.subarray(bytes) ?? null) : null;
  }

  #fail(error: unknown): void {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EPIPE" && this.#path === null) {
      // The reader is gone for good.
      this.#end();
      this.#options.onProblem(`Nobody reads the ${this.#options.name} any more: it has ended.`);
      return;
    }
    // A full pipe is nothing to speak of until lines are lost.
    if (code === "EAGAIN") {
      this.#tryAgainIn(this.#pipeRetry);
      this.#pipeRetry = Math.min(this.#pipeRetry * 2, PIPE_RETRY_LIMIT);
      return;
    }
    if (!this.#failing) {
      this.#failing = true;
      this.#options.onProblem(
        `Cannot write the ${this.#options.name}: ${messageOf(error)}. Its lines wait in memory.`,
      );
    }
    this.#tryAgainIn(DISK_RETRY);
  }

  #tryAgainIn(milliseconds: number): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      this.flush();
    }, milliseconds).unref();
  }

  #lose(): void {
    this.#lost += 1;
    if (this.#lost === 1) {
      const size = HELD_LIMIT / 1024 / 1024;
      this.#options.onProblem(`The ${this.#options.name} is ${size} MiB behind: lines are being dropped.`);
    }
  }

  #recover(): void {
    if (this.#retry !== null) {
      clearTimeout(this.#retry);
      this.#retry = null;
    }
    const lost = this.#lost;
    const failed = this.#failing;
    this.#lost = 0;
    this.#failing = false;
    if (lost > 0 || failed) {
      this.#options.onProblem(
        `The ${this.#options.name} is written again; ${lost} of its lines were dropped.`,
      );
    }
  }

  #end(): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.#waiting = "";
    this.#rest = null;
    if (this.#retry !== null) {
      clearTimeout(this.#retry);
      this.#retry = null;
    }
    notAtExit(this);
    if (this.#isOurs) {
      closeSync(this.#descriptor);
    }
  }
}

/** O_NONBLOCK: a named pipe without a reader is an error, and not a server that never starts. */
function openFile(path: string, name: string): number {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  try {
    return openSync(path, O_APPEND | O_CREAT | O_WRONLY | O_NONBLOCK, 0o640);
  } catch (error) {
    throw new HighballError("LOG_FILE_UNUSABLE", `Cannot open the ${name} "${path}": ${reasonOf(error)}.`, {
      hint: hintOf(error, path),
      cause: error,
    });
  }
}

function openPipeAgain(descriptor: number): number | null {
  try {
    const { O_APPEND, O_NONBLOCK, O_WRONLY } = constants;
    return fstatSync(descriptor).isFIFO()
      ? openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_APPEND | O_NONBLOCK)
      : null;
  } catch {
    // Another user's pipe, or no /proc: then the stream itself, which may block.
    return null;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case "ENOENT":
      return "its folder does not exist";
    case "EACCES":
    case "EPERM":
      return "this user may not write there";
    case "EISDIR":
      return "it is a folder";
    case "ENXIO":
      return "it is a pipe that nobody reads";
    default:
      return messageOf(error);
  }
}

function hintOf(error: unknown, path: string): string {
  return codeOf(error) === "ENOENT"
    ? `mkdir -p "$(dirname "${path}")"`
    : "Give another path, or - for the terminal.";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
