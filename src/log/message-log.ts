import { writeSync } from "node:fs";

import type { Log, LogLevel } from "../log.ts";
import { paintFor, wantsColour, type Style } from "./colour.ts";
import { escapeMessage } from "./escape.ts";
import { clockTime, messageTime } from "./local-time.ts";
import type { LogOutput } from "./log-output.ts";
import { openLogOutput } from "./open-log-output.ts";

export interface MessageLogOptions {
  /** Least level to write. */
  readonly level: LogLevel;
  /** `-` for standard error, or a path: appended to, made with mode 0640. */
  readonly output: string;
  /** Gunicorn's lines in production, short ones in development. */
  readonly mode: "development" | "production";
  /** Holds NO_COLOR, FORCE_COLOR and TERM. @defaultValue process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Highball's own log, while it is open. */
export interface MessageLog extends Log {
  /** Writes lines as they are, whatever the level: for a terminal, and escaped already. */
  show(lines: string): void;
  /** Opens the file again under its name: after logrotate has moved it away. */
  reopen(): void;
  close(): Promise<void>;
}

type MessageLevel = Exclude<LogLevel, "critical">;

const LEVELS: readonly LogLevel[] = ["debug", "info", "warning", "error", "critical"];

/** Milliseconds for which a warning that is said again at once is only counted. */
const REPEAT_WINDOW = 5000;

/**
 * Opens Highball's own log. Every message is written before the call returns, so a process that dies
 * after it has said why.
 *
 * A warning or an error that comes again with nothing between is counted, and the count is written
 * after five seconds or before whatever comes next.
 *
 * @throws HighballError LOG_FILE_UNUSABLE
 */
export function createMessageLog(options: MessageLogOptions): MessageLog {
  const output = openLogOutput(options.output, 2, {
    name: "error log",
    isUrgent: true,
    onProblem: (message) => sayOnStandardError(message, options.output),
    beforeExit: () => log.endRepeats(),
  });
  const log = new OutputLog(output, options);
  return log;
}

class OutputLog implements MessageLog {
  readonly #output: LogOutput;
  readonly #least: number;
  readonly #line: (level: MessageLevel, message: string) => string;
  #last = "";
  #lastLevel: MessageLevel = "warning";
  #repeats = 0;
  #window: NodeJS.Timeout | null = null;

  constructor(output: LogOutput, options: MessageLogOptions) {
    this.#output = output;
    this.#least = LEVELS.indexOf(options.level);
    const isColoured = wantsColour(output.isTerminal, options.environment ?? process.env);
    this.#line = options.mode === "production" ? productionLines() : developmentLines(isColoured);
  }

  debug(message: string): void {
    this.#write("debug", message);
  }

  info(message: string): void {
    this.#write("info", message);
  }

  warning(message: string): void {
    this.#write("warning", message);
  }

  error(message: string): void {
    this.#write("error", message);
  }

  show(lines: string): void {
    this.endRepeats();
    this.#output.write(lines);
    this.#output.flush();
  }

  reopen(): void {
    this.#output.reopen();
  }

  async close(): Promise<void> {
    this.endRepeats();
    await this.#output.close();
  }

  /** Writes how often the last warning came again. */
  endRepeats(): void {
    if (this.#window !== null) {
      clearTimeout(this.#window);
      this.#window = null;
    }
    const repeats = this.#repeats;
    this.#repeats = 0;
    if (repeats > 0) {
      const times = repeats === 1 ? "once more" : `${repeats} times more`;
      this.#put(this.#lastLevel, `${this.#last} (${times})`);
    }
    this.#last = "";
  }

  #write(level: MessageLevel, message: string): void {
    if (LEVELS.indexOf(level) < this.#least) {
      return;
    }
    if (this.#window !== null && level === this.#lastLevel && message === this.#last) {
      this.#repeats += 1;
      return;
    }
    this.endRepeats();
    this.#put(level, message);
    if (level === "warning" || level === "error") {
      this.#last = message;
      this.#lastLevel = level;
      this.#window = setTimeout(() => this.endRepeats(), REPEAT_WINDOW).unref();
    }
  }

  #put(level: MessageLevel, message: string): void {
    this.#output.write(this.#line(level, escapeMessage(message)));
    this.#output.flush();
  }
}

/** `[2026-11-20 04:29:59 +0000] [6847] [INFO] message`, which tools that read gunicorn's log know. */
function productionLines(): (level: MessageLevel, message: string) => string {
  const time = messageTime();
  return (level, message) => `[${time(Date.now())}] [${process.pid}] [${level.toUpperCase()}] ${message}\n`;
}

/** `04:29:59 warning: message`; what is only information says so by having no name. */
function developmentLines(isColoured: boolean): (level: MessageLevel, message: string) => string {
  const time = clockTime();
  const paint = paintFor(isColoured);
  const styles: Record<MessageLevel, readonly Style[]> = {
    debug: ["dim"],
    info: [],
    warning: ["bold", "yellow"],
    error: ["bold", "red"],
  };
  return (level, message) => {
    const name = level === "info" ? "" : `${paint(`${level}:`, ...styles[level])} `;
    return `${paint(time(Date.now()), "dim")} ${name}${message}\n`;
  };
}

/** A log that cannot be written says so where somebody may see it, if that is elsewhere. */
function sayOnStandardError(message: string, output: string): void {
  if (output !== "-") {
    try {
      writeSync(2, `${message}\n`);
    } catch {
      // There is nobody left to tell.
    }
  }
}
