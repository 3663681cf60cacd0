import type { LogLevel } from "../log.ts";
import { debuggerRows } from "./debugger-rows.ts";
import {
  address,
  choice,
  host,
  integer,
  list,
  optional,
  path,
  peer,
  permissions,
  port,
  processes,
  program,
  seconds,
  size,
  text,
  toggle,
  variables,
} from "./kinds.ts";
import type { Settings } from "./settings.ts";
import type { InputName, Mode, Row, Table } from "./row.ts";

export { sections } from "./row.ts";
export type { CommonVariable, InputName, Inputs, Mode, Row, Section } from "./row.ts";

const kibibyte = 1024;
const gibibyte = 1024 ** 3;
const reloaderTypes: readonly Settings["reloaderType"][] = ["auto", "native", "stat"];
const zygotes: readonly Settings["zygote"][] = ["auto", "fork", "spare", "off"];
const logLevels: readonly LogLevel[] = ["debug", "info", "warning", "error", "critical"];

/**
 * The one table of settings. Flags, help, `HIGHBALL_*` variables, settings files, the reference
 * and the options of `serve()` come from it. Its type demands a row for every field of `Settings`,
 * of that field's type, and no other.
 */
export const table: Table = {
  application: {
    kind: optional(text("APP", "myproject:app"), "auto"),
    standard: "auto",
    flags: [],
    common: { name: "FLASK_APP" },
    section: "Application",
    help: "What to serve: a module, a file or a folder, with :NAME behind it if needed.",
  },
  chdir: {
    kind: path("PATH", "src"),
    standard: ".",
    flags: ["--chdir"],
    section: "Application",
    help: "Folder to run the application in.",
  },
  pythonpath: {
    kind: list(path("PATHS", "src")),
    standard: "none",
    flags: ["--pythonpath"],
    section: "Application",
    help: "Folders to put before the rest of sys.path.",
  },
  python: {
    kind: optional(program, "auto"),
    standard: "auto",
    flags: ["--python"],
    section: "Application",
    help: "Python interpreter; auto is $VIRTUAL_ENV, .venv, venv, then python3 and python on PATH.",
  },
  env: {
    kind: variables,
    standard: "none",
    flags: ["-e", "--env"],
    section: "Application",
    help: "Variables to put in the application's environment.",
  },
  envFile: {
    kind: list(path("FILE", ".env")),
    standard: "none",
    flags: ["--env-file"],
    section: "Application",
    help: "Files of KEY=VALUE lines to add to the environment; variables that exist win.",
  },

  bind: {
    kind: list(address, { atLeast: 1 }),
    standard: { development: "localhost:8000", production: "127.0.0.1:8000" },
    flags: ["-b", "--bind"],
    section: "Addresses",
    help: "Address to listen on: HOST:PORT, :PORT, unix:PATH or fd://N; may be repeated.",
  },
  host: {
    kind: host,
    standard: { development: "localhost", production: "127.0.0.1" },
    flags: ["--host"],
    section: "Addresses",
    help: "Host to listen on, where --bind is not given.",
  },
  port: {
    kind: port,
    standard: "8000",
    flags: ["--port"],
    common: { name: "PORT" },
    section: "Addresses",
    help: "Port to listen on, where --bind is not given; 0 takes any free one.",
  },
  portFallback: {
    kind: toggle,
    standard: { development: "true", production: "false" },
    flags: ["--port-fallback"],
    off: ["--strict-port"],
    section: "Addresses",
    help: "Take the next free port when another program has this one.",
  },
  backlog: {
    kind: integer({ least: 1, most: 65_535 }, "2048"),
    standard: "2048",
    flags: ["--backlog"],
    section: "Addresses",
    help: "Connections that the system holds until they are accepted.",
  },
  socketMode: {
    kind: permissions,
    // What a loopback port gives: every account of the machine may connect, so that nginx, which
    // runs as another user, can. gunicorn's default (umask 0) does the same; 660 narrows it.
    standard: "0o666",
    flags: ["--socket-mode"],
    section: "Addresses",
    help: "Permissions of Unix socket files, in octal.",
  },

  workers: {
    kind: processes,
    standard: { development: "1", production: "auto" },
    flags: ["-w", "--workers"],
    common: { name: "WEB_CONCURRENCY" },
    section: "Workers",
    help: "Worker processes; auto is one a processor, within what the container may use.",
  },
  threads: {
    kind: integer({ least: 1, most: 1024 }, "8"),
    standard: "8",
    flags: ["--threads"],
    section: "Workers",
    help: "Requests that one worker may run at the same time.",
  },
  queueLimit: {
    kind: integer({ least: 0, most: 1_000_000 }, "1000"),
    standard: "1000",
    flags: ["--queue-limit"],
    section: "Workers",
    help: "Requests that may wait for a worker; more are answered 503.",
  },
  retryIdempotent: {
    kind: toggle,
    standard: "false",
    flags: ["--retry-idempotent"],
    section: "Workers",
    help: "Run a GET or HEAD again when its worker died before it had answered.",
  },

  keepAlive: {
    kind: seconds(0, "75"),
    standard: "75",
    flags: ["--keep-alive"],
    section: "Time limits",
    help: "Time that an idle connection is kept; 0 closes after each response.",
  },
  headerTimeout: {
    kind: seconds(0.1, "15"),
    standard: "15",
    flags: ["--header-timeout"],
    section: "Time limits",
    help: "Time for the head of a request to arrive.",
  },
  bodyTimeout: {
    kind: seconds(0.1, "30"),
    standard: "30",
    flags: ["--body-timeout"],
    section: "Time limits",
    help: "Time for a body to arrive before its minimum rate counts.",
  },
  bodyMinimumRate: {
    kind: size({ least: 0, most: gibibyte }, "500"),
    standard: "500",
    flags: ["--body-minimum-rate"],
    section: "Time limits",
    help: "Bytes per second below which a body is too slow; 0 is no minimum.",
  },
  queueTimeout: {
    kind: seconds(0.1, "30"),
    standard: "30",
    flags: ["--queue-timeout"],
    section: "Time limits",
    help: "Time that a request may wait for a worker; longer is answered 503.",
  },
  gracefulTimeout: {
    kind: seconds(0, "30"),
    standard: "30",
    flags: ["--graceful-timeout"],
    section: "Time limits",
    help: "Time that requests in flight get when the server stops.",
  },
  bootTimeout: {
    kind: seconds(0, "60"),
    standard: "60",
    flags: ["--boot-timeout"],
    section: "Time limits",
    help: "Time for a worker to load the application; 0 waits for ever.",
  },

  limitRequestLine: {
    kind: size({ least: 16, most: 1024 * kibibyte }, "8190"),
    standard: "8190",
    flags: ["--limit-request-line"],
    section: "Size limits",
    help: "Bytes of a request line.",
  },
  limitRequestFields: {
    kind: integer({ least: 1, most: 32_768 }, "100"),
    standard: "100",
    flags: ["--limit-request-fields"],
    section: "Size limits",
    help: "Header fields of a request.",
  },
  limitRequestFieldSize: {
    kind: size({ least: 16, most: 1024 * kibibyte }, "8190"),
    standard: "8190",
    // gunicorn writes this one with an underscore.
    flags: ["--limit-request-field-size", "--limit-request-field_size"],
    section: "Size limits",
    help: "Bytes of one header field.",
  },
  limitRequestBody: {
    kind: size({ least: 0, most: Number.MAX_SAFE_INTEGER }, "1G"),
    standard: "1G",
    flags: ["--limit-request-body"],
    section: "Size limits",
    help: "Bytes of a request body; 0 is no limit.",
  },
  bodyMemory: {
    kind: size({ least: 0, most: gibibyte }, "1M"),
    standard: "1M",
    flags: ["--body-memory"],
    section: "Size limits",
    help: "Bytes of a body that are held in memory; larger ones go to a temporary file.",
  },

  mergeSlashes: {
    kind: toggle,
    standard: "false",
    flags: ["--merge-slashes"],
    section: "Requests",
    help: "Give the application //a as /a.",
  },
  forwardedAllowIps: {
    kind: list(peer),
    standard: "127.0.0.1,::1",
    flags: ["--forwarded-allow-ips"],
    common: { name: "FORWARDED_ALLOW_IPS" },
    section: "Requests",
    help: "Proxies whose X-Forwarded-* headers count: addresses, networks, or * for all.",
  },
  ...debuggerRows,

  reload: {
    kind: toggle,
    standard: { development: "true", production: "false" },
    flags: ["--reload"],
    section: "Reloading",
    help: "Load the application again when its code changes.",
  },
  reloadExtraFile: {
    kind: list(text("PATTERN", "config/**/*.yaml")),
    standard: "none",
    flags: ["--reload-extra-file", "--extra-files"],
    section: "Reloading",
    help: "Files, folders and globs that reload the application too when they change.",
  },
  reloadExclude: {
    kind: list(text("GLOB", "tests/**")),
    standard: "none",
    flags: ["--reload-exclude", "--exclude-patterns"],
    section: "Reloading",
    help: "Globs of files and folders that are not watched.",
  },
  reloaderType: {
    kind: choice(reloaderTypes, "stat"),
    standard: "auto",
    flags: ["--reloader-type"],
    section: "Reloading",
    help: "How changes are noticed: native events, stat by looking at every file, or auto.",
  },
  reloaderInterval: {
    kind: seconds(0.05, "1"),
    standard: "1",
    flags: ["--reloader-interval"],
    section: "Reloading",
    help: "Time between two looks of the stat watcher.",
  },
  reloadGrace: {
    kind: seconds(0, "5"),
    standard: "5",
    flags: ["--reload-grace"],
    section: "Reloading",
    help: "Time that requests of the old code get to finish.",
  },
  reloadVerbose: {
    kind: toggle,
    standard: "false",
    flags: ["--reload-verbose"],
    section: "Reloading",
    help: "Say which imports made a load slow.",
  },
  zygote: {
    kind: choice(zygotes, "spare"),
    standard: "auto",
    flags: ["--zygote"],
    off: ["--no-zygote"],
    section: "Reloading",
    help: "Keep libraries loaded between loads: fork a zygote, use a spare interpreter, auto or off.",
  },
  refresh: {
    kind: toggle,
    standard: "false",
    flags: ["--refresh"],
    section: "Reloading",
    help: "Let pages in browsers follow: they load again when code, templates or styles change.",
  },

  accessLogfile: {
    kind: optional(path("FILE", "access.log", { dash: true }), "none"),
    standard: { development: "-", production: "none" },
    flags: ["--access-logfile"],
    section: "Logs",
    help: "File for a line about every request; - is standard output.",
  },
  accessLogformat: {
    kind: text("FORMAT", '%(h)s "%(r)s" %(s)s %(D)s'),
    standard: '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"',
    flags: ["--access-logformat"],
    section: "Logs",
    help: "Format of that line, in gunicorn's notation.",
  },
  errorLogfile: {
    kind: path("FILE", "error.log", { dash: true }),
    standard: "-",
    flags: ["--error-logfile", "--log-file"],
    section: "Logs",
    help: "File for Highball's own messages; - is standard error.",
  },
  logLevel: {
    kind: choice(logLevels, "debug"),
    standard: "info",
    flags: ["--log-level"],
    section: "Logs",
    help: "Least level to log: debug, info, warning, error or critical.",
  },

  config: {
    kind: optional(path("FILE", "highball.toml"), "auto"),
    standard: "auto",
    flags: ["-c", "--config"],
    section: "Process",
    help: "Settings file; auto is highball.toml, else [tool.highball] in pyproject.toml.",
  },
  pid: {
    kind: optional(path("FILE", "highball.pid"), "none"),
    standard: "none",
    flags: ["-p", "--pid"],
    section: "Process",
    help: "File that holds the process id while the server runs.",
  },
};

/** Every name of the table, in its order. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets its keys' type.
export const inputNames: readonly InputName[] = Object.keys(table) as InputName[];

/** An object with what `make` makes for every name of the table. */
export function everyInput<Shape extends Record<InputName, unknown>>(
  make: <Name extends InputName>(name: Name) => Shape[Name],
): Shape {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- so does Object.fromEntries.
  return Object.fromEntries(inputNames.map((name) => [name, make(name)])) as Shape;
}

/** The name as files have it: `limitRequestLine` is `limit-request-line`. */
export function keyOf(name: InputName): string {
  if (name === "application") return "app";
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The variable of Highball's own: `limitRequestLine` is `HIGHBALL_LIMIT_REQUEST_LINE`. */
export function variableOf(name: InputName): string {
  return `HIGHBALL_${keyOf(name).replaceAll("-", "_").toUpperCase()}`;
}

/** The row of any name, its kind's value unknown. */
export function rowOf(name: InputName): Row<unknown> {
  return table[name];
}

/** The default in `mode`, as a user would write it. */
export function standardOf(name: InputName, mode: Mode): string {
  const { standard } = rowOf(name);
  return typeof standard === "string" ? standard : standard[mode];
}
