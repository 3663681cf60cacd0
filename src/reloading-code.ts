import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Application, Failure, FaultListener } from "./application.ts";
import { CodeState } from "./code-state.ts";
import type { Debuggee } from "./debuggee.ts";
import { HighballError } from "./errors.ts";
import { makeGenerations, makeScheduler, STOPPED } from "./fixed-code.ts";
import { loadOptions, processOptions } from "./head-start.ts";
import { loadFailureOf } from "./load-failure.ts";
import type { Log } from "./log.ts";
import { Prompts } from "./prompts.ts";
import { ownOutputs } from "./reload/own-outputs.ts";
import { openWatcher, type WatchOptions } from "./reload/open-watcher.ts";
import { ReloadReport } from "./reload/reload-report.ts";
import { Reloader, type CodeLoader, type Load, type LoadResult } from "./reload/reloader.ts";
import type { Change, Watcher } from "./reload/watcher.ts";
import type { LoadedApplication, ServedCode } from "./served-code.ts";
import type { Settings } from "./settings/settings.ts";
import { type InputName, inputNames, keyOf } from "./settings/table.ts";
import type { Attempt, Generations } from "./worker/generations.ts";
import type { WorkerProcess } from "./worker/process.ts";
import type { Scheduler } from "./worker/scheduler.ts";
import { WarmSource } from "./worker/warm-source.ts";
import { LoadError, type Imports, type Ready } from "./worker/worker.ts";

/** What a save can never mend: the command line itself. */
const NOT_IN_FILES: ReadonlySet<string> = new Set(["APPLICATION_SYNTAX", "PYTHON_NOT_FOUND"]);

/** Django's, which since 4.1 is used in development too, and which only its own reloader empties. */
const KEEPS_TEMPLATES = "django.template.loaders.cached";

/** Settings that the next load of the code takes up. */
const TAKEN_UP: ReadonlySet<InputName> = new Set<InputName>([
  "application",
  "chdir",
  "env",
  "python",
  "pythonpath",
  "threads",
  "workers",
]);

/** What has to be known beside the settings, where files make them. */
export interface SettingsFiles {
  /** Files that variables of the environment came from. */
  readonly environmentFiles: readonly string[];
  /** highball.toml or pyproject.toml. */
  readonly settingsFiles: readonly string[];
  /** Reads them again. @throws HighballError */
  readonly read: () => Promise<Settings>;
}

/** The code of an application that is being written: whatever is saved serves the next request. */
export class ReloadingCode implements ServedCode {
  readonly state: CodeState = new CodeState();
  readonly prompts: Prompts = new Prompts();
  #settings: Settings;
  readonly #settingsFiles: SettingsFiles;
  readonly #log: Log;
  readonly #faults: FaultListener | null;
  readonly #scheduler: Scheduler;
  readonly #generations: Generations;
  readonly #source: WarmSource;
  readonly #reloader: Reloader;
  #watcher: Watcher | null = null;
  #started: WorkerProcess | null = null;
  #ready: LoadedApplication;
  #number = 0;
  /** Milliseconds since the epoch. */
  #loadStarted = 0;
  /** Of the application's own, as the worker that serves has imported them. */
  #files: Set<string> = new Set();
  /** Of libraries: all that any worker has imported. */
  #modules: readonly string[] = [];
  /** Where libraries are installed, and what that looked like when they were imported. */
  #folders: readonly string[] = [];
  #libraries = "";
  #unmendable: HighballError | null = null;

  /** @param faults hears of errors that no request is answered with; null without --debug */
  constructor(settings: Settings, files: SettingsFiles, log: Log, faults: FaultListener | null = null) {
    this.#settings = settings;
    this.#settingsFiles = files;
    this.#log = log;
    this.#faults = faults;
    this.#ready = { application: settings.application, python: "" };
    this.#scheduler = makeScheduler(settings);
    this.#generations = makeGenerations(settings, log, this.#scheduler, {
      imported: (imports) => this.#imported(imports),
      prompted: (difference) => {
        this.prompts.changed(difference);
        this.#reloader.prompted(difference);
      },
      raised: (fault) => faults?.raised(fault),
      died: (death) => faults?.died(death),
    });
    this.#source = new WarmSource(processOptions(settings), settings.zygote, log, () =>
      this.#generations.seat(),
    );
    this.#reloader = new Reloader({
      application: this.#scheduler,
      loader: this.#loader(),
      state: this.state,
      report: new ReloadReport(log, settings.reloadVerbose, () => this.#watcher?.type ?? "native"),
      isOwnOutput: ownOutputs([settings.errorLogfile, settings.accessLogfile ?? "-"]),
      // Looking at every file, which is what is done where there are no events.
      noticedWithin: settings.reloaderInterval * 1000,
      limit: settings.queueLimit,
    });
  }

  get application(): Application {
    return this.#reloader.gate;
  }

  get pids(): readonly number[] {
    return this.#generations.pids;
  }

  get debuggee(): Debuggee | null {
    return this.#generations.debuggee;
  }

  async start(started: WorkerProcess | null): Promise<LoadedApplication> {
    this.#started = started;
    const watcher = openWatcher(this.#watchOptions(), (changes) => this.#reloader.changed(changes));
    this.#watcher = watcher;
    await this.#reloader.start(watcher);
    if (this.#unmendable !== null) throw this.#unmendable;
    return this.#ready;
  }

  reload(): void {
    this.#reloader.reload();
  }

  freeze(): void {
    this.#reloader.stop(STOPPED);
  }

  failWaiting(): void {
    this.#scheduler.failWaiting(STOPPED);
  }

  async stop(): Promise<void> {
    await this.#generations.stop();
    this.#source.close();
  }

  kill(): void {
    this.#reloader.stop(STOPPED);
    this.#generations.kill();
    this.#source.close();
  }

  #loader(): CodeLoader {
    const keepsTemplates = (): boolean => this.#modules.includes(KEEPS_TEMPLATES);
    return {
      load: (changes, beforeServing) => this.#load(changes, beforeServing),
      retire: () => this.#generations.retire(),
      retiring: () => this.#generations.retiring(),
      get keepsTemplates() {
        return keepsTemplates();
      },
      failWaiting: (failure) => this.#scheduler.failWaiting(failure),
    };
  }

  // --- loading ------------------------------------------------------------------------------

  #load(changes: readonly Change[], beforeServing: () => Promise<void>): Load {
    this.#number += 1;
    const started = this.#takeStarted();
    // The first worker was started before anything was watched.
    this.#loadStarted = started?.startedAt ?? Date.now();
    let attempt: Attempt | null = null;
    let abandoned = false;
    const run = async (): Promise<LoadResult> => {
      try {
        if (changes.some(({ role }) => role === "environment" || role === "settings"))
          await this.#readSettings();
        if (abandoned) return await forever();
        this.#renewLibraries();
        const options = { started, beforeServing };
        attempt = this.#generations.start(this.#source, loadOptions(this.#settings), options);
        return this.#loaded(await attempt.ready);
      } catch (error) {
        if (abandoned) return forever();
        if (!(error instanceof HighballError)) throw error;
        return this.#failed(error);
      }
    };
    return {
      generation: this.#number,
      startedAt: this.#loadStarted,
      result: run(),
      abandon: () => {
        abandoned = true;
        attempt?.abandon();
      },
    };
  }

  #takeStarted(): WorkerProcess | null {
    const started = this.#started;
    this.#started = null;
    return started;
  }

  #loaded(ready: Ready): LoadResult {
    this.#ready = ready;
    const { files = [], modules = [], folders = [], slowest = [] } = ready.imports ?? {};
    this.#files = new Set(files);
    this.#add(modules);
    this.#folders = folders;
    this.#libraries = stampOf(folders);
    // Not now: the requests that were held for this load go first.
    setTimeout(() => {
      this.#source.exclude(ready.unfit ?? []);
      this.#source.prepare(this.#modules, ready.python);
    }, 0);
    return { problem: null, files, slowest };
  }

  #failed(error: HighballError): LoadResult {
    const problem = loadFailureOf(error);
    const { message, hint, traceback } = problem;
    if (NOT_IN_FILES.has(problem.code)) this.#unmendable = error;
    const circumstances = error instanceof LoadError ? error.circumstances : null;
    this.#source.exclude(circumstances?.unfit ?? []);
    const text = [traceback.trimEnd(), message, hint].filter(Boolean).join("\n");
    const failure: Failure = { kind: "load-failed", problem };
    const mayPass = circumstances?.ofSystem === true;
    // It may be tried once more: if that fails too, the first request tells.
    const isShown = !mayPass && this.#faults?.loadFailed(problem) === true;
    return {
      problem: { failure, text: isShown ? "" : text, mayPass },
      files: circumstances?.imports?.files ?? [],
      slowest: [],
    };
  }

  /** A running application has imported more. */
  #imported({ files, modules }: Pick<Imports, "files" | "modules">): void {
    for (const file of files) this.#files.add(file);
    this.#add(modules);
    // Since the load: nobody has watched these files until now, and they may have been saved already.
    if (files.length > 0) this.#watcher?.follow([...this.#files], this.#loadStarted);
  }

  #add(modules: readonly string[]): void {
    if (modules.length > 0) this.#modules = [...new Set([...this.#modules, ...modules])];
  }

  async #readSettings(): Promise<void> {
    const before = this.#settings;
    this.#settings = await this.#settingsFiles.read();
    for (const name of restartFor(before, this.#settings)) {
      this.#log.warning(`"${keyOf(name)}" has changed in the settings: restart Highball to apply it.`);
    }
    this.#source.renew(processOptions(this.#settings));
  }

  /** A library was installed, upgraded or removed: what was imported of it is old. */
  #renewLibraries(): void {
    if (this.#folders.length === 0 || stampOf(this.#folders) === this.#libraries) return;
    this.#log.debug("The installed libraries have changed.");
    this.#source.renew(processOptions(this.#settings));
  }

  #watchOptions(): WatchOptions {
    const { chdir, pythonpath, application, reloadExtraFile, reloadExclude, reloaderType } = this.#settings;
    const [source = ""] = application.split(":", 1);
    const named = resolve(chdir, source);
    const folder = source.endsWith(".py") ? dirname(named) : isFolder(named) ? named : chdir;
    return {
      roots: [...new Set([chdir, folder, ...pythonpath.map((path) => resolve(chdir, path))])],
      extra: reloadExtraFile,
      exclude: reloadExclude,
      environmentFiles: this.#settingsFiles.environmentFiles,
      settingsFiles: this.#settingsFiles.settingsFiles,
      type: reloaderType,
      interval: this.#settings.reloaderInterval * 1000,
      log: this.#log,
    };
  }
}

/** Names of settings that differ, and that a new load of the code does not take up. */
function restartFor(before: Settings, after: Settings): InputName[] {
  const differs = (name: InputName): boolean =>
    isSetting(name, after) && JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  return inputNames.filter((name) => !TAKEN_UP.has(name) && differs(name));
}

/** Some inputs only shape others: a port is part of the address to bind. */
function isSetting(name: string, settings: Settings): name is keyof Settings {
  return name in settings;
}

/** Changes when something is installed there or removed. */
function stampOf(folders: readonly string[]): string {
  return folders.map((folder) => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(" ");
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function forever(): Promise<never> {
  return new Promise(() => {});
}
