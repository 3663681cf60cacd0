import type { Debuggee } from "./debuggee.ts";
import type { ErrorModel } from "./error-model.ts";

/**
 * The one door between `http/` (what faces the client) and `worker/` (what faces the application).
 *
 * Neither side imports the other: `serve.ts` hands an `Application` to the gateway, and whatever
 * runs the application (a pool of Python workers today) implements it.
 */

/** One request, ready for PEP 3333: policy has passed it and its body has arrived whole. */
export interface ApplicationRequest {
  /** `NAME\0VALUE\0NAME\0VALUE\0…`, every character one byte (latin-1), CGI names already made. */
  readonly environ: string;
  readonly body: RequestBody;
  /** GET or HEAD: the only methods that a setting may let a second worker try again. */
  readonly replayable: boolean;
  /** Number of the `RequestRecord` that is kept of it; 0 or nothing where none is. */
  readonly record?: number;
}

/** Nothing, bytes in memory, or a 0600 file that the worker unlinks once it has opened it. */
export type RequestBody = null | Buffer | SpooledBody;

export interface SpooledBody {
  readonly path: string;
  /** Bytes in the file. */
  readonly size: number;
}

/** A part of a regular file that the gateway sends, so that the worker is free at once. */
export interface FileRange {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * What an application says of one request, in this order: any number of `hint`, then either
 * `fail`, or `respondWhole`, or `respond` followed by `send` and `sendFile` until one of them is `complete`;
 * `fail` may also end a response that has begun.
 */
export interface Responder {
  /** `NAME: VALUE` lines joined by LF, for a 103 Early Hints response (RFC 8297). */
  hint(lines: string): void;
  /**
   * The head, and as much of the body as came with it.
   *
   * @param head `200 OK` and the header lines, joined by LF, latin-1. No line holds CR, LF or NUL.
   * @param body valid after the call too; may be empty.
   */
  respond(head: string, body: Buffer, complete: boolean): void;
  /** As `respond`, for a small response that is complete; `body` is latin-1, each character a byte. */
  respondWhole(head: string, body: string): void;
  send(chunk: Buffer, complete: boolean): void;
  /** Resolves true once the file is open (the worker may go on), false when it cannot be opened. */
  sendFile(file: FileRange): Promise<boolean>;
  fail(failure: Failure): void;
}

/** Why a request got no (whole) response from its application. */
export type Failure =
  /** The application raised; the worker has logged the traceback. */
  | {
      readonly kind: "raised";
      readonly traceback: string;
      /** Null where the worker was not asked to describe errors, or could not. */
      readonly error: ErrorModel | null;
      /** The last lines that the process had printed. */
      readonly output: readonly string[];
      /** Holds the frames of `error`. */
      readonly debuggee: Debuggee | null;
    }
  /** The application broke PEP 3333 or HTTP, for example by CR LF in a header. */
  | { readonly kind: "invalid-response"; readonly message: string }
  /** The worker process ended while it ran this request. */
  | {
      readonly kind: "worker-died";
      readonly pid: number;
      readonly reason: string;
      /** Where it stood when a signal killed it, as Python's faulthandler writes it; may be empty. */
      readonly traceback: string;
    }
  /** The queue was full, or the request waited in it for too long. */
  | { readonly kind: "overloaded"; readonly reason: string; readonly retryAfter: number }
  /** The server is going down, or no worker can be started. */
  | { readonly kind: "unavailable"; readonly reason: string }
  /** In development: the code that is on disk cannot be loaded, so there is nothing that could answer. */
  | { readonly kind: "load-failed"; readonly problem: LoadFailure };

/** Why code cannot be loaded, for the developer who has just saved it. */
export interface LoadFailure {
  /** Of the catalogue of errors, for example `application-import-failed`. */
  readonly code: string;
  /** One sentence, with the values in it in quotes. */
  readonly message: string;
  /** What to type or to look at next; may be empty. */
  readonly hint: string;
  /** As Python prints it, for example; may be empty. */
  readonly traceback: string;
  /** What was raised; null where nothing was, or nobody was asked to describe it. */
  readonly error: ErrorModel | null;
  /** The last lines that the process had printed. */
  readonly output: readonly string[];
}

/** Hears of errors that no request is answered with. */
export interface FaultListener {
  /** The application has raised where the client cannot be told any more. */
  raised(fault: Fault): void;
  /** A worker has ended of itself, while it ran no request. */
  died(death: { readonly pid: number; readonly reason: string; readonly traceback: string }): void;
  /**
   * Code cannot be loaded: told before any request is told.
   *
   * @returns whether the developer is shown it, and nobody else needs to say it
   */
  loadFailed(problem: LoadFailure): boolean;
}

export interface Fault {
  /** In a body whose head had been sent, in `close()` of the iterable, or in a thread of the application's. */
  readonly place: "stream" | "close" | "thread";
  /** As `ApplicationRequest.record`; 0 where it belongs to none. */
  readonly record: number;
  /** Name of the application's thread; empty where a request's own has raised. */
  readonly thread: string;
  readonly traceback: string;
  readonly error: ErrorModel | null;
  readonly output: readonly string[];
  readonly debuggee: Debuggee;
}

/** A request that was given to an application. */
export interface Call {
  /** Process id of the worker that runs it; 0 while it waits in the queue. */
  readonly pid: number;
  /** The client has gone: drop the request if it has not started, else close its iterable. */
  cancel(): void;
  /** The client has taken `bytes` more of the response: lets a worker that was held go on. */
  consumed(bytes: number): void;
}

export interface Application {
  begin(request: ApplicationRequest, responder: Responder): Call;
}
