import type { Options } from "./settings/options.ts";

/** Werkzeug's keyword arguments, as far as they mean something here, and any setting of Highball's. */
export interface RunSimpleOptions extends Omit<
  Options,
  "application" | "bind" | "host" | "port" | "reloaderType"
> {
  /** Run requests side by side in threads of one process. @defaultValue false */
  readonly threaded?: boolean;
  /** Worker processes. @defaultValue 1 */
  readonly processes?: number;
  /** Load the application again when its code changes. @defaultValue false */
  readonly useReloader?: boolean;
  /** Files, folders and globs that reload it too. @defaultValue [] */
  readonly extraFiles?: readonly string[];
  /** Globs of what is not watched. @defaultValue [] */
  readonly excludePatterns?: readonly string[];
  /** `watchdog` is Werkzeug's word for `native`. @defaultValue "auto" */
  readonly reloaderType?: "auto" | "stat" | "native" | "watchdog";
  /** Show the debugger when the application fails. @defaultValue false */
  readonly useDebugger?: boolean;
  /** Evaluate code in the frames of an error. @defaultValue true */
  readonly useEvalex?: boolean;
}

/** Threads that `threaded` stands for: Werkzeug starts one a request, without a limit. */
const THREADED = 40;

/** Checks the parameters of `run_simple` as Werkzeug does, and makes settings of them. */
export function runSimpleSettings(
  hostname: string,
  port: number,
  application: string,
  options: RunSimpleOptions,
): Options {
  if (!Number.isInteger(port)) throw new TypeError("port must be an integer");
  const {
    threaded = false,
    processes = 1,
    useReloader = false,
    extraFiles = [],
    excludePatterns = [],
    reloaderType = "auto",
    useDebugger = false,
    useEvalex = true,
    ...settings
  } = options;
  if (threaded && processes > 1) {
    throw new RangeError("Cannot have a multi-thread and multi-process server.");
  }
  return {
    mode: "development",
    accessLogfile: null,
    portFallback: false,
    workers: processes,
    threads: threaded ? THREADED : 1,
    reload: useReloader,
    reloadExtraFile: extraFiles,
    reloadExclude: excludePatterns,
    reloaderType: reloaderType === "watchdog" ? "native" : reloaderType,
    debug: useDebugger,
    evalex: useEvalex,
    ...settings,
    application,
    bind: [bindAddress(hostname, port)],
  };
}

function bindAddress(hostname: string, port: number): string {
  if (hostname.startsWith("unix:")) return hostname;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
