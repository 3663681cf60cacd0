import { findInterpreter } from "./settings/interpreter.ts";
import type { Settings } from "./settings/settings.ts";
import { version } from "./version.ts";
import { WorkerProcess, type LoadOptions, type ProcessOptions } from "./worker/process.ts";

/** How the processes of a server are started. @throws HighballError PYTHON_NOT_FOUND */
export function processOptions(settings: Settings): ProcessOptions {
  return {
    python: findInterpreter(settings).path,
    directory: settings.chdir,
    env: { ...process.env, ...settings.env },
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
  };
}

/**
 * Starts the first worker while the rest of Highball's own code is still being loaded: both take
 * tens of milliseconds, on different processors.
 *
 * @throws HighballError PYTHON_NOT_FOUND
 */
export function startFirstWorker(settings: Settings): WorkerProcess {
  return new WorkerProcess(processOptions(settings), loadOptions(settings));
}
