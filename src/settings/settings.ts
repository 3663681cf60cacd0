import type { LogLevel } from "../log.ts";

/**
 * Every tunable, resolved: checked, with defaults filled in, read-only from here on.
 *
 * The table in `table.ts` declares where each value comes from; a test holds the two together.
 * Times are in seconds and sizes in bytes, as on the command line.
 */
export interface Settings {
  /** `development` for `highball dev`, else `production`. */
  readonly mode: "development" | "production";
  /** The application as it was named (`pkg.mod:attr`, a file, a Django folder), or found. */
  readonly application: string;

  /** Addresses to listen on: `HOST:PORT`, `unix:PATH` or `fd://N`. */
  readonly bind: readonly string[];
  /** Try the next ports when one is taken. @defaultValue true in development */
  readonly portFallback: boolean;
  readonly backlog: number;
  /** Mode of Unix socket files, for example 0o600. */
  readonly socketMode: number;

  /** Worker processes. */
  readonly workers: number;
  /** Requests that one worker may run at the same time. */
  readonly threads: number;
  /** Path or name of the interpreter; null lets Highball look for one. */
  readonly python: string | null;
  readonly chdir: string;
  /** Folders put before the rest of `sys.path`. */
  readonly pythonpath: readonly string[];
  /** Variables for the application's environment, over those Highball itself has. */
  readonly env: Readonly<Record<string, string>>;

  /** Seconds an idle connection is kept. */
  readonly keepAlive: number;
  /** Seconds in which a request's head must have arrived. */
  readonly headerTimeout: number;
  /** Seconds that a body may take before its minimum rate counts. */
  readonly bodyTimeout: number;
  /** Bytes per second below which a body is too slow; 0 is no minimum. */
  readonly bodyMinimumRate: number;
  /** Seconds that requests in flight get to finish when the server stops. */
  readonly gracefulTimeout: number;
  /** Seconds a worker may take to load the application; 0 waits for ever. */
  readonly bootTimeout: number;

  readonly limitRequestLine: number;
  readonly limitRequestFields: number;
  readonly limitRequestFieldSize: number;
  /** Bytes of a request body; 0 is no limit. */
  readonly limitRequestBody: number;
  /** Bodies over this many bytes go to a file while they arrive. */
  readonly bodyMemory: number;
  /** `//a` reaches the application as `/a`. */
  readonly mergeSlashes: boolean;
  /** Peers whose `X-Forwarded-*` headers count: addresses, networks, or `*`. */
  readonly forwardedAllowIps: readonly string[];

  /** Requests that may wait for a worker; more get 503. */
  readonly queueLimit: number;
  /** Seconds that a request may wait for a worker; longer gets 503. */
  readonly queueTimeout: number;
  /** Run a GET or HEAD again on another worker when the first one died before it sent anything. */
  readonly retryIdempotent: boolean;

  /** Access log: `-` for standard output, a path, or null for none. */
  readonly accessLogfile: string | null;
  /** Apache-like format with gunicorn's atoms. */
  readonly accessLogformat: string;
  /** Highball's own messages: `-` for standard error, or a path. */
  readonly errorLogfile: string;
  readonly logLevel: LogLevel;
  /** Show an application's traceback in the response, to clients on this machine. */
  readonly debug: boolean;
  /** File that holds the process id while the server runs, or null. */
  readonly pid: string | null;
}
