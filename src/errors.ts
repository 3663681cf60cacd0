/**
 * The catalogue of errors: every one a user can meet has a code, a message that quotes the value,
 * a hint (the line to type next) and an exit code. `docs/reference/errors.md` lists the same codes.
 *
 * Exit codes: 1 it could not run, 2 it was asked wrongly, 3 a worker did not start, 4 there is no
 * such application or its import failed.
 */
export const catalogue = {
  // The command line, the environment and the files.
  UNKNOWN_FLAG: { exitCode: 2, summary: "The command has no such flag." },
  FLAG_NEEDS_VALUE: { exitCode: 2, summary: "A flag that takes a value was given none." },
  FLAG_TAKES_NO_VALUE: { exitCode: 2, summary: "A switch was given a value." },
  TOO_MANY_ARGUMENTS: { exitCode: 2, summary: "More than one application was named." },
  UNKNOWN_VARIABLE: { exitCode: 2, summary: "A `HIGHBALL_*` variable names no setting." },
  UNKNOWN_KEY: { exitCode: 2, summary: "A settings file has a key that names no setting." },
  UNKNOWN_OPTION: { exitCode: 2, summary: "`serve()` was given an option that names no setting." },
  INVALID_VALUE: { exitCode: 2, summary: "A value does not fit its setting." },
  CONFLICTING_SETTINGS: { exitCode: 2, summary: "Two settings, given at the same place, contradict." },
  CONFIG_UNREADABLE: { exitCode: 2, summary: "A settings file is missing or cannot be read." },
  CONFIG_SYNTAX: { exitCode: 2, summary: "A settings file is not valid TOML." },
  ENV_FILE_UNREADABLE: { exitCode: 2, summary: "The file that `--env-file` names cannot be read." },
  CHDIR_NOT_FOUND: { exitCode: 2, summary: "The folder that `--chdir` names does not exist." },

  // Finding and loading the application.
  APPLICATION_NOT_FOUND: { exitCode: 4, summary: "The application's module or file does not exist." },
  APPLICATION_ATTRIBUTE_NOT_FOUND: {
    exitCode: 4,
    summary: "The module has no attribute of that name, or nothing in it looks like an application.",
  },
  APPLICATION_FACTORY_ARGUMENTS: {
    exitCode: 4,
    summary: "The application factory does not take the arguments it was given.",
  },
  APPLICATION_IMPORT_FAILED: {
    exitCode: 4,
    summary: "The application's own code raised an error while it was imported.",
  },
  APPLICATION_AMBIGUOUS: { exitCode: 4, summary: "Several things could be the application." },
  APPLICATION_NOT_CALLABLE: { exitCode: 4, summary: "What was named is not a WSGI callable." },
  APPLICATION_IS_ASGI: { exitCode: 4, summary: "The application speaks ASGI; Highball serves WSGI." },
  APPLICATION_SYNTAX: { exitCode: 4, summary: "The application's name cannot be read." },

  // Starting.
  PYTHON_NOT_FOUND: { exitCode: 1, summary: "No Python interpreter was found, or it cannot be run." },
  WORKER_BOOT_FAILED: {
    exitCode: 3,
    summary: "A worker process ended before it had loaded the application.",
  },
  BIND_INVALID: { exitCode: 2, summary: "An address to listen on cannot be read." },
  HOST_NOT_FOUND: { exitCode: 1, summary: "The host name to listen on has no address." },
  ADDRESS_IN_USE: { exitCode: 1, summary: "Another program listens on the port." },
  ADDRESS_NOT_AVAILABLE: { exitCode: 1, summary: "The address does not belong to this machine." },
  ADDRESS_PERMISSION: { exitCode: 1, summary: "This user may not listen on the port." },
  SOCKET_IN_USE: { exitCode: 1, summary: "A live server answers on the Unix socket." },
  SOCKET_PATH_TAKEN: {
    exitCode: 1,
    summary: "Something that is not a socket has the Unix socket's path; it is never removed.",
  },
  SOCKET_PATH_UNUSABLE: {
    exitCode: 1,
    summary: "No Unix socket can be made there: the path is too long, or its folder is missing or closed.",
  },
  DESCRIPTOR_UNUSABLE: { exitCode: 1, summary: "The descriptor of `fd://N` is not a socket to listen on." },
  LISTEN_FAILED: { exitCode: 1, summary: "The system refused to listen, for a reason of its own." },
  ACCESS_LOG_FORMAT_INVALID: { exitCode: 2, summary: "The access log's format has an unknown atom." },
  LOG_FILE_UNUSABLE: { exitCode: 1, summary: "A log file cannot be opened for writing." },
  PID_FILE_HELD: { exitCode: 1, summary: "The pid file names a process that runs." },
  PID_FILE_UNWRITABLE: { exitCode: 1, summary: "The pid file cannot be written." },

  // Asking a server that runs.
  ID_INVALID: {
    exitCode: 2,
    summary: "A command that takes the number of one error or request was given none, or something else.",
  },
  SERVER_NOT_FOUND: { exitCode: 1, summary: "No server with a debugger runs for the project." },
  SERVER_UNREACHABLE: { exitCode: 1, summary: "No server answers at the address." },
  SERVER_REFUSED: { exitCode: 1, summary: "The server does not let this command use its debugger." },
  DEBUGGER_OFF: {
    exitCode: 1,
    summary: "What answers at the address has no debugger: it serves for production.",
  },
  RECORD_NOT_FOUND: { exitCode: 1, summary: "The server keeps no error or request of that number." },
} as const;

/** What a program may match on: codes do not change once released. */
export type ErrorCode = keyof typeof catalogue;

/** What the catalogue says of one code. */
export interface ErrorEntry {
  readonly exitCode: 1 | 2 | 3 | 4;
  /** One sentence, for the reference page. */
  readonly summary: string;
}

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
    const entry: ErrorEntry = catalogue[code];
    this.exitCode = entry.exitCode;
    this.hint = details.hint;
    this.traceback = details.traceback;
  }
}
