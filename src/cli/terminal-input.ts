import { openSync } from "node:fs";
import { ReadStream } from "node:tty";
import { isInForeground } from "./foreground.ts";

/** Milliseconds between two looks whether the shell has given the terminal back. */
const LOOK = 1_000;
/** Milliseconds until reading begins again after the end of input, which is only Ctrl+D here. */
const AFTER_END = 200;
/** Longest line that is kept; nobody types more before Enter. */
const LONGEST = 1_000;

/** What is typed, line by line. */
export interface LineInput {
  /** From now on nothing is read: it is for somebody else. */
  pause(): void;
  /** What was typed meanwhile and not taken is thrown away: it was for somebody else. */
  resume(): void;
  close(): void;
}

/**
 * Reads the terminal that this process was started from, as long as it is in the foreground.
 *
 * It is opened anew each time and not read as `process.stdin`: to open that makes descriptor 0
 * non-blocking, for the workers that share it too, and a pause of it may come one line late.
 *
 * @returns null when there is no such terminal
 */
export function readTerminal(onLine: (line: string) => void): LineInput | null {
  const input = new TerminalInput(onLine);
  return input.start() ? input : null;
}

class TerminalInput implements LineInput {
  readonly #onLine: (line: string) => void;
  #stream: ReadStream | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wanted = true;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  start(): boolean {
    const stream = openTerminal();
    if (stream === null) return false;
    stream.destroy();
    process.on("SIGCONT", this.#look);
    this.#look();
    return true;
  }

  pause(): void {
    this.#wanted = false;
    this.#stop();
  }

  resume(): void {
    this.#wanted = true;
    this.#stop();
    if (isInForeground()) this.#read("anew");
    else this.#lookLater(LOOK);
  }

  close(): void {
    this.#wanted = false;
    this.#stop();
    process.off("SIGCONT", this.#look);
  }

  /** After a stop (Ctrl+Z) the shell may let the process go on in the background. */
  readonly #look = (): void => {
    if (!this.#wanted) return;
    if (!isInForeground()) {
      this.#stop();
      this.#lookLater(LOOK);
    } else if (this.#stream === null) {
      this.#read("on");
    }
  };

  #lookLater(milliseconds: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#look, milliseconds).unref();
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#stream?.destroy();
    this.#stream = null;
    this.#rest = "";
  }

  #read(from: "on" | "anew"): void {
    const stream = openTerminal();
    this.#stream = stream;
    if (stream === null) return;
    let stale = from === "anew";
    let fell = false;
    // What waits in the terminal already is read in the next turns of the event loop, a line in each.
    const settle = (): void => {
      stale = fell;
      fell = false;
      if (stale) nextTurn(settle);
    };
    nextTurn(settle);
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      if (stale) fell = true;
      else this.#take(text);
    });
    stream.once("end", () => {
      if (this.#stream !== stream) return;
      this.#stop();
      this.#lookLater(AFTER_END);
    });
    stream.on("error", () => stream.destroy()); // the terminal has gone
    stream.unref();
  }

  #take(text: string): void {
    const stream = this.#stream;
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, LONGEST);
    for (const line of lines) {
      this.#onLine(line);
      if (this.#stream !== stream) return; // closed by what the line asked for
    }
  }
}

/** Calls back when whatever could be read has been read once. */
function nextTurn(callback: () => void): void {
  setImmediate(() => setImmediate(callback));
}

function openTerminal(): ReadStream | null {
  if (process.platform === "win32") return new ReadStream(0);
  try {
    return new ReadStream(openSync("/dev/tty", "r"));
  } catch {
    return null;
  }
}
