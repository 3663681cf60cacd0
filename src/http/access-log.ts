import type { Writable } from "node:stream";

import type { Log } from "../log.ts";
import { wantsColour } from "../log/colour.ts";
import { openLogOutput } from "../log/open-log-output.ts";
import { COMBINED_FORMAT, compileAccessLogFormat } from "./access-log-format.ts";
import { terminalFormat } from "./access-log-terminal.ts";
import type { AccessRecord } from "./access-record.ts";

export { CLIENT_LEFT, type AccessRecord } from "./access-record.ts";
export { COMBINED_FORMAT, compileAccessLogFormat } from "./access-log-format.ts";

export interface AccessLogOptions {
  /** Atoms as in docs/reference/access-log.md, for example {@link COMBINED_FORMAT}. */
  readonly format: string;
  /** `-` for standard output, a path (appended to, made with mode 0640), or a stream. */
  readonly output: string | Writable;
  /** Hears of what goes wrong with the output, once each. */
  readonly log: Log;
  /** Holds NO_COLOR, FORCE_COLOR and TERM. @defaultValue process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A line about every request. */
export interface AccessLog {
  /** Makes the line; it is written at the end of this turn of the event loop. Never throws. */
  write(record: AccessRecord): void;
  /** Opens the file again under its name: after logrotate has moved it away. */
  reopen(): void;
  /** Writes what waits, for a second at most. */
  close(): Promise<void>;
}

/**
 * Opens the access log.
 *
 * Lines of one turn of the event loop are written together. When the disk is full or a pipe's
 * reader stands still, up to 16 MiB of lines wait in memory, in order, and later ones are dropped
 * and counted; the log hears of both. What waits is written when the process exits.
 *
 * On a terminal the default format becomes a short one, in colour.
 *
 * @throws HighballError ACCESS_LOG_FORMAT_INVALID, LOG_FILE_UNUSABLE
 */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  const format = compileAccessLogFormat(options.format);
  const output = openLogOutput(options.output, 1, {
    name: "access log",
    onProblem: (message) => options.log.warning(message),
  });
  const isWatched = output.isTerminal && options.format === COMBINED_FORMAT;
  const line = isWatched ? terminalFormat(wantsColour(true, options.environment ?? process.env)) : format;
  return {
    write: (record) => output.write(line(record)),
    reopen: () => output.reopen(),
    close: () => output.close(),
  };
}
