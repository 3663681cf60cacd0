/**
 * The catalogue of errors: every one a user can meet has a code, a message that quotes the value,
 * a hint (the line to type next) and an exit code. `docs/reference/errors.md` lists the same codes.
 */
export type ErrorCode = "APPLICATION_NOT_FOUND" | "WORKER_BOOT_FAILED";

interface ErrorEntry {
  readonly exitCode: 1 | 2 | 3 | 4;
  readonly summary: string;
}

export const catalogue: Readonly<Record<ErrorCode, ErrorEntry>> = {
  APPLICATION_NOT_FOUND: { exitCode: 4, summary: "The application's module or file does not exist." },
  WORKER_BOOT_FAILED: {
    exitCode: 3,
    summary: "A worker process ended before it had loaded the application.",
  },
};

export interface ErrorDetails {
  /** What to do next, as a line to type where there is one. */
  readonly hint?: string;
  /** The application's own traceback, without Highball's frames. */
  readonly traceback?: string;
  readonly cause?: unknown;
}

/** An error that is shown to the user as it is: no stack of ours, the hint below it. */
export class HighballError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: number;
  readonly hint: string | undefined;
  readonly traceback: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "HighballError";
    this.code = code;
    this.exitCode = catalogue[code].exitCode;
    this.hint = details.hint;
    this.traceback = details.traceback;
  }
}
