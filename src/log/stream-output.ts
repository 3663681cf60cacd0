import type { Writable } from "node:stream";

import { atExit, notAtExit } from "./at-exit.ts";
import { HELD_LIMIT, type LogOutput, type LogOutputOptions } from "./log-output.ts";

/** Milliseconds that the stream gets at the end. */
const CLOSE_PATIENCE = 1000;

/** A stream that the caller owns: it is written, never ended. */
export class StreamOutput implements LogOutput {
  readonly isTerminal = false;
  readonly #stream: Writable;
  readonly #options: LogOutputOptions;
  #waiting = "";
  #scheduled = false;
  #full = false;
  #lost = 0;
  #over = false;

  constructor(stream: Writable, options: LogOutputOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.on("drain", this.#drained);
    stream.on("error", this.#failed);
    stream.on("close", this.#end);
    atExit(this);
  }

  write(line: string): void {
    if (this.#over) {
      return;
    }
    if (this.#waiting.length > HELD_LIMIT) {
      this.#lost += 1;
      return;
    }
    this.#waiting += line;
    if (!this.#scheduled && !this.#full) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
  }

  flush(): void {
    if (!this.#full) {
      this.#writeWaiting();
    }
  }

  /** A stream has no name to be opened under again. */
  reopen(): void {
    this.flush();
  }

  async close(): Promise<void> {
    if (this.#over) {
      return;
    }
    const waiting = this.#waiting;
    this.#end();
    await new Promise<void>((settle) => {
      const timer = setTimeout(settle, CLOSE_PATIENCE);
      // What becomes of the stream, and its errors, are its owner's to hear of.
      this.#stream.write(waiting, () => {
        clearTimeout(timer);
        settle();
      });
    });
  }

  finish(): void {
    this.#options.beforeExit?.();
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    if (this.#waiting !== "") {
      const waiting = this.#waiting;
      this.#waiting = "";
      this.#full = !this.#stream.write(waiting);
    }
  }

  readonly #drained = (): void => {
    this.#full = false;
    if (this.#lost > 0) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#options.onProblem(`The ${this.#options.name}'s reader was too slow: ${lost} lines were dropped.`);
    }
    this.flush();
  };

  readonly #failed = (error: Error): void => {
    if (!this.#over) {
      this.#end();
      this.#options.onProblem(`The ${this.#options.name} has ended: ${error.message}`);
    }
  };

  readonly #end = (): void => {
    this.#over = true;
    this.#waiting = "";
    notAtExit(this);
    // The listener for errors stays: one that comes later must not end the process.
    this.#stream.off("drain", this.#drained).off("close", this.#end);
  };
}
