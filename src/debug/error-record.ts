import type { Debuggee } from "../debuggee.ts";
import type { ErrorModel } from "../error-model.ts";
import type { RequestRecord } from "./request-record.ts";

/** Where an error came up. */
export type ErrorPlace =
  /** Before anything of the response was sent: the client got the error page. */
  | "request"
  /** In the body, when the head had been sent. */
  | "stream"
  /** In `close()` of the iterable. */
  | "close"
  /** In a thread that the application has started. */
  | "thread"
  /** When the code was loaded. */
  | "load"
  /** The process ended. */
  | "crash"
  /** The application handed out something that is no response. */
  | "response";

/** An error that is kept for the developer. */
export interface ErrorRecord {
  /** Counts up from 1 in one run of the server. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly place: ErrorPlace;
  /** One line: `ZeroDivisionError: division by zero`. */
  readonly title: string;
  /** What happened in a sentence, and what to do next; may be empty. */
  readonly message: string;
  readonly hint: string;
  /** As Python prints it; may be empty. */
  readonly traceback: string;
  /** Null where there is no exception that Python could describe, as of a crash. */
  readonly model: ErrorModel | null;
  /** Null where there was none, as in a thread. */
  readonly request: RequestRecord | null;
  /** Of the code that it happened in (`CodeState.version`). */
  readonly version: string;
  /** 0 if there was no process. */
  readonly pid: number;
  /** Holds its frames; null if nobody does. */
  readonly debuggee: Debuggee | null;
  /** The last lines that the process had printed, oldest first. */
  readonly output: readonly string[];
}
