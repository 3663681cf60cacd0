import { showsErrors } from "./debug/shows-errors.ts";
import { findInterpreter } from "./settings/interpreter.ts";
import type { Settings } from "./settings/settings.ts";
import { version } from "./version.ts";
import { Interpreter, type LoadOptions, type ProcessOptions } from "./worker/process.ts";

/** How the processes of a server are started. @throws HighballError PYTHON_NOT_FOUND */
export function processOptions(settings: Settings): ProcessOptions {
  return {
    python: findInterpreter(settings).path,
    directory: settings.chdir,
    env: {
      // What `flask run --debug` does: errors come through to be shown, templates are read again when they change.
      ...(settings.debug ? { FLASK_DEBUG: "1" } : {}),
      ...process.env,
      ...settings.env,
      // Applications ask for it to know that this process serves, and not a supervisor beside it.
      ...(settings.reload ? { WERKZEUG_RUN_MAIN: "true" } : {}),
      // The gateway's alone: frames hold the environment, who may look at them may not run code, and children inherit it.
      HIGHBALL_DEBUG_PIN: undefined,
    },
  };
}

/** What the processes of a server are told. */
export function loadOptions(settings: Settings): LoadOptions {
  return {
    target: settings.application,
    directory: settings.chdir,
    pythonPath: settings.pythonpath,
    threads: settings.threads,
    workers: settings.workers,
    serverSoftware: `Highball/${version}`,
    argv0: process.argv[1] ?? "highball",
    reloads: settings.reload,
    verbose: settings.reloadVerbose,
    debugs: settings.debug && !settings.passthroughErrors,
    evaluates: settings.evalex,
    shows: showsErrors(settings),
  };
}

/**
 * Starts the first worker while the rest of Highball's own code is still being loaded: both take
 * tens of milliseconds, on different processors.
 *
 * @throws HighballError PYTHON_NOT_FOUND
 */
export function startFirstWorker(settings: Settings): Interpreter {
  return Interpreter.load(processOptions(settings), loadOptions(settings));
}
