import type { LogLevel } from "../log.ts";

/**
 * Every tunable, resolved: checked, with defaults filled in, read-only from here on.
 *
 * The table in `table.ts` declares where each value comes from; its type and a test hold the two
 * together, defaults included, which stand here as the command line writes them.
 * Times are in seconds and sizes in bytes, as on the command line.
 */
export interface Settings {
  /** `development` for `highball dev`, else `production`. */
  readonly mode: "development" | "production";
  /**
   * The application as it was named (`pkg.mod:attr`, a file, a Django folder), or found.
   *
   * @defaultValue `auto`
   */
  readonly application: string;

  /**
   * Addresses to listen on: `HOST:PORT`, `unix:PATH` or `fd://N`.
   *
   * @defaultValue `127.0.0.1:8000`, in development `localhost:8000`
   */
  readonly bind: readonly string[];
  /** Try the next ports when one is taken. @defaultValue `false`, in development `true` */
  readonly portFallback: boolean;
  /** Connections that the system holds until they are accepted. @defaultValue `2048` */
  readonly backlog: number;
  /** Mode of Unix socket files, for example 0o600. @defaultValue `0o666` */
  readonly socketMode: number;

  /** Worker processes. @defaultValue `auto`, in development `1` */
  readonly workers: number;
  /** Requests that one worker may run at the same time. @defaultValue `8` */
  readonly threads: number;
  /** Path or name of the interpreter; null lets Highball look for one. @defaultValue `auto` */
  readonly python: string | null;
  /** Folder to run the application in; absolute once resolved. @defaultValue `.` */
  readonly chdir: string;
  /** Folders put before the rest of `sys.path`. @defaultValue `none` */
  readonly pythonpath: readonly string[];
  /** Variables for the application's environment, over those Highball itself has. @defaultValue `none` */
  readonly env: Readonly<Record<string, string>>;

  /** Seconds an idle connection is kept. @defaultValue `75` */
  readonly keepAlive: number;
  /** Seconds in which a request's head must have arrived. @defaultValue `15` */
  readonly headerTimeout: number;
  /** Seconds that a body may take before its minimum rate counts. @defaultValue `30` */
  readonly bodyTimeout: number;
  /** Bytes per second below which a body is too slow; 0 is no minimum. @defaultValue `500` */
  readonly bodyMinimumRate: number;
  /** Seconds that requests in flight get to finish when the server stops. @defaultValue `30` */
  readonly gracefulTimeout: number;
  /** Seconds a worker may take to load the application; 0 waits for ever. @defaultValue `60` */
  readonly bootTimeout: number;

  /** Bytes of a request line. @defaultValue `8190` */
  readonly limitRequestLine: number;
  /** Header fields of a request. @defaultValue `100` */
  readonly limitRequestFields: number;
  /** Bytes of one header field. @defaultValue `8190` */
  readonly limitRequestFieldSize: number;
  /** Bytes of a request body; 0 is no limit. @defaultValue `1G` */
  readonly limitRequestBody: number;
  /** Bodies over this many bytes go to a file while they arrive. @defaultValue `1M` */
  readonly bodyMemory: number;
  /** `//a` reaches the application as `/a`. @defaultValue `false` */
  readonly mergeSlashes: boolean;
  /**
   * Peers whose `X-Forwarded-*` headers count: addresses, networks, or `*`.
   *
   * @defaultValue `127.0.0.1,::1`
   */
  readonly forwardedAllowIps: readonly string[];

  /** Requests that may wait for a worker; more get 503. @defaultValue `1000` */
  readonly queueLimit: number;
  /** Seconds that a request may wait for a worker; longer gets 503. @defaultValue `30` */
  readonly queueTimeout: number;
  /**
   * Run a GET or HEAD again on another worker when the first one died before it sent anything.
   *
   * @defaultValue `false`
   */
  readonly retryIdempotent: boolean;

  /** Load the application again when its code changes. @defaultValue `false`, in development `true` */
  readonly reload: boolean;
  /** Files, folders and globs that are watched beside the application's own code. @defaultValue `none` */
  readonly reloadExtraFile: readonly string[];
  /** Globs of what is not watched. @defaultValue `none` */
  readonly reloadExclude: readonly string[];
  /** How changes are noticed. @defaultValue `auto` */
  readonly reloaderType: "auto" | "native" | "stat";
  /** Seconds between two looks of the `stat` watcher. @defaultValue `1` */
  readonly reloaderInterval: number;
  /** Seconds that requests of the old code get to finish when the code has changed. @defaultValue `5` */
  readonly reloadGrace: number;
  /** Say what made a load slow. @defaultValue `false` */
  readonly reloadVerbose: boolean;
  /**
   * Keep the application's libraries loaded between two loads of its code: in a process that is
   * forked, in a spare interpreter, whichever is safe, or not at all.
   *
   * @defaultValue `auto`
   */
  readonly zygote: "auto" | "fork" | "spare" | "off";
  /** Let pages in browsers follow changes. @defaultValue `false` */
  readonly refresh: boolean;

  /**
   * Access log: `-` for standard output, a path, or null for none.
   *
   * @defaultValue `none`, in development `-`
   */
  readonly accessLogfile: string | null;
  /**
   * Apache-like format with gunicorn's atoms.
   *
   * @defaultValue `%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"`
   */
  readonly accessLogformat: string;
  /** Highball's own messages: `-` for standard error, or a path. @defaultValue `-` */
  readonly errorLogfile: string;
  /** Least level to log. @defaultValue `info` */
  readonly logLevel: LogLevel;
  /**
   * Show the debugger when the application fails, to clients on this machine.
   *
   * @defaultValue `false`, in development `true`
   */
  readonly debug: boolean;
  /** The debugger evaluates code in the frames of an error. @defaultValue `true` */
  readonly evalex: boolean;
  /** Errors of the application's are neither kept nor shown by the debugger. @defaultValue `false` */
  readonly passthroughErrors: boolean;
  /** Names, beside those of loopback and of the listeners, by which the debugger is asked for. @defaultValue `none` */
  readonly trustedHost: readonly string[];
  /** Other machines may use the debugger: whoever has the PIN runs any code as this user. @defaultValue `false` */
  readonly debugRemote: boolean;
  /**
   * Editor that the debugger's pages open files in: a name, a link with `{file}` and `{line}`, `auto` or `none`; behind
   * commas, paths of the application with those that the editor has in their place.
   *
   * @defaultValue `auto`
   */
  readonly editor: string;
  /** File that holds the process id while the server runs, or null. @defaultValue `none` */
  readonly pid: string | null;
}
