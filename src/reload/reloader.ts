import type { Application, Failure } from "../application.ts";
import type { CodeState } from "../code-state.ts";
import { EchoJudge } from "./echo-judge.ts";
import { Gate } from "./gate.ts";
import { type Activity, HasteJudge } from "./haste.ts";
import type { ReloadReport } from "./reload-report.ts";
import type { Change, Role, Watcher } from "./watcher.ts";

/** Why code could not be loaded. */
export interface LoadProblem {
  /** What requests are told. */
  readonly failure: Failure;
  /** For the terminal: what happened, with the traceback. */
  readonly text: string;
  /** The system refused something that the code before may still hold, for example a port. */
  readonly mayPass: boolean;
}

export interface LoadResult {
  /** Null when the code serves. */
  readonly problem: LoadProblem | null;
  /** What was imported, or failed to be. */
  readonly files: readonly string[];
  /** Modules and the milliseconds that each took, slowest first. */
  readonly slowest: readonly (readonly [module: string, milliseconds: number])[];
}

/** One load of the code. */
export interface Load {
  readonly generation: number;
  /** Milliseconds since the epoch: when its process may have begun to import. */
  readonly startedAt: number;
  /** Never resolves once abandoned. */
  readonly result: Promise<LoadResult>;
  abandon(): void;
}

/** Loads code and takes it out of service again: the workers' side. */
export interface CodeLoader {
  /**
   * @param changes what made it necessary; empty for the first, and on demand
   * @param beforeServing to be awaited when the code is loaded; it may abandon the load
   */
  load(changes: readonly Change[], beforeServing: () => Promise<void>): Load;
  /** The code that serves is old: it gets no new requests. */
  retire(): void;
  /** Resolves when the old code has ended; null if none is ending. */
  retiring(): Promise<void> | null;
  /** The code that serves keeps its templates: only a load shows what has changed in them. */
  readonly keepsTemplates: boolean;
  /** Refuses what the old code handed back unstarted. */
  failWaiting(failure: Failure): void;
}

export interface ReloaderOptions {
  readonly application: Application;
  readonly loader: CodeLoader;
  readonly state: CodeState;
  readonly report: ReloadReport;
  /** The server itself writes this file. */
  isOwnOutput(change: Pick<Change, "path">): boolean;
  /** Milliseconds after which the watcher knows of a change at the latest. */
  readonly noticedWithin: number;
  /** Requests that may be held; more are answered 503. */
  readonly limit: number;
}

/** Milliseconds that an editor gets to fill a file that it has emptied. */
const HALF_SAVED = 20;

const RELOADS: ReadonlySet<Role> = new Set(["code", "extra", "environment", "settings"]);

/**
 * Keeps the code that serves in step with the code on disk.
 *
 * A change takes the old code out of service at once and begins to load the new; requests that come
 * meanwhile are held by the gate. What cannot be loaded is told to them, and the next save tries
 * again: nothing that is in a file ends the server.
 */
export class Reloader {
  readonly gate: Gate;
  readonly #options: ReloaderOptions;
  readonly #haste: HasteJudge = new HasteJudge();
  readonly #echo: EchoJudge;
  /** Broken code will be loaded again in a while. */
  #trying = false;
  #watcher: Watcher | null = null;
  #load: Load | null = null;
  #timer: NodeJS.Timeout | null = null;
  #onFirstResult: ((result: LoadResult) => void) | null = null;
  /** A load has ended, and it is being looked what has changed meanwhile. */
  #isFollowing = false;
  /** The timer waits for the rest of a save. */
  #halfSaved = false;
  #failed = false;
  /** What the next load is for. */
  #changes: Change[] = [];
  /** Milliseconds after the load that runs when there shall be another. */
  #again: number | null = null;
  #prompts = 0;
  #waitsForPrompt = false;
  #stopped = false;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#echo = new EchoJudge(options.noticedWithin);
    this.gate = new Gate({
      application: options.application,
      limit: options.limit,
      look: async () => {
        if (!this.#stopped) await this.#watcher?.look();
      },
    });
  }

  /**
   * Makes the first load; resolves when the code serves, or is known not to: by that load, or by
   * another one if something was saved meanwhile.
   */
  start(watcher: Watcher): Promise<LoadResult> {
    this.#watcher = watcher;
    return new Promise((resolve, reject) => {
      this.#onFirstResult = resolve;
      this.#run().catch(reject);
    });
  }

  /** Loads the code again, changed or not. */
  reload(): void {
    if (!this.#stopped) this.#demand([]);
  }

  /** The server stops: nothing more is loaded, and what waits for that is refused with `failure`. */
  stop(failure: Failure): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancel();
    this.#watcher?.close();
    if (this.gate.isOpen) return;
    this.gate.refuse(failure);
    this.#options.loader.failWaiting(failure);
  }

  /** A debugger's prompt was opened (+1) or closed (-1): the code does not change under it. */
  prompted(difference: 1 | -1): void {
    this.#prompts = Math.max(0, this.#prompts + difference);
    if (this.#prompts > 0 || !this.#waitsForPrompt) return;
    this.#waitsForPrompt = false;
    this.#demand([]);
  }

  /** What the watcher tells. */
  changed(changes: readonly Change[]): void {
    if (this.#stopped) return;
    const reloading = changes.filter((change) => this.#reloads(change.role) && !this.#isOwn(change));
    for (const { role } of changes) {
      if (this.#reloads(role)) continue; // pages will hear of the new code
      if (role === "page" || role === "style" || role === "script") this.#options.state.assetChanged(role);
    }
    if (reloading.length === 0) return;
    if (!this.#failed || reloading.some(({ role }) => RELOADS.has(role))) {
      this.#echo.forget();
      this.#demand(reloading);
    } else if (!this.#trying) this.#try(reloading);
  }

  /** What this server writes itself mends nothing. */
  #isOwn(change: Change): boolean {
    return !RELOADS.has(change.role) && this.#options.isOwnOutput(change);
  }

  #reloads(role: Role): boolean {
    // What keeps broken code from loading may be mended in any file.
    return RELOADS.has(role) || this.#failed || (role === "page" && this.#options.loader.keepsTemplates);
  }

  /** Something has changed that code is not in: it may be what broken code needs. */
  #try(changes: readonly Change[]): void {
    const milliseconds = this.#echo.judge();
    if (milliseconds === 0) {
      this.#demand(changes);
      return;
    }
    this.#trying = true;
    this.#options.report.restless(changes.map(({ path }) => path));
    setTimeout(() => {
      this.#trying = false;
      if (this.#failed && !this.#stopped) this.#demand([]);
    }, milliseconds).unref();
  }

  // --- loading ------------------------------------------------------------------------------

  #demand(changes: readonly Change[]): void {
    const { report, loader } = this.#options;
    const activity = this.#activity;
    const haste = this.#haste.judge(changes, activity);
    if (haste.kind === "afterwards") {
      report.restless(haste.paths);
      this.#again = haste.milliseconds;
      return;
    }
    this.#changes.push(...changes);
    this.gate.hold();
    if (this.#prompts > 0) {
      if (!this.#waitsForPrompt) report.waitsForPrompt();
      this.#waitsForPrompt = true;
      return;
    }
    if (this.#load === null && this.#timer === null) report.detected(this.#changes);
    this.#cancel();
    loader.retire();
    // A file that was emptied is about to be written: editors do so in one go.
    const emptied = changes.some(({ kind, size }) => kind === "changed" && size === 0);
    this.#halfSaved = haste.kind === "now" && emptied;
    const wait = haste.kind === "now" ? (emptied ? HALF_SAVED : 0) : haste.milliseconds;
    if (wait === 0) void this.#run();
    else this.#timer = setTimeout(() => void this.#run(), wait);
  }

  get #activity(): Activity {
    if (this.#load !== null || this.#isFollowing) return "loading";
    // The rest of a save that has begun is no other change.
    return this.#timer === null || this.#halfSaved ? "idle" : "waiting";
  }

  /** Ends the load that runs, and forgets the one that waits. */
  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#load?.abandon();
    this.#load = null;
  }

  async #run(): Promise<void> {
    const { loader, report, state } = this.#options;
    this.#timer = null;
    this.#failed = false;
    const before = performance.now();
    const retiring = loader.retiring();
    let load = this.#begin();
    state.became("loading", load.generation);
    let result = await load.result;
    // It may have been the old code that was in the way: once that has ended, the new is tried again.
    if (result.problem?.mayPass === true && retiring !== null) {
      await retiring;
      if (this.#load !== load) return;
      load = this.#begin();
      result = await load.result;
    }
    this.#load = null;
    this.#changes = [];
    this.#failed = result.problem !== null;
    if (this.#failed) this.#echo.failed();
    state.became(result.problem === null ? "ready" : "failed", load.generation);
    // Of the first load the banner tells.
    if (result.problem !== null) report.failed(result.problem.text);
    else if (this.#onFirstResult === null) report.loaded(performance.now() - before, result.slowest);
    // Before anybody is let in: a file that changed unwatched while it was imported makes this load old.
    this.#isFollowing = true;
    this.#watcher?.follow(result.files, load.startedAt);
    this.#isFollowing = false;
    if (this.#load !== null || this.#timer !== null) return;
    if (this.#again === null) this.#haste.settled();
    else this.#loadLater(this.#again);
    this.#admit(result);
    this.#onFirstResult?.(result);
    this.#onFirstResult = null;
  }

  #begin(): Load {
    // A look before the new code serves: it may have been made of files that were only half written.
    const beforeServing = async (): Promise<void> => this.#watcher?.look();
    this.#load = this.#options.loader.load(this.#changes, beforeServing);
    return this.#load;
  }

  /** Loads once more although this load serves: something it wrote itself has changed. */
  #loadLater(milliseconds: number): void {
    this.#again = null;
    setTimeout(() => {
      if (!this.#stopped && this.#load === null) this.#demand([]);
    }, milliseconds).unref();
  }

  #admit({ problem }: LoadResult): void {
    if (problem === null) {
      this.gate.open();
    } else {
      this.gate.refuse(problem.failure);
      this.#options.loader.failWaiting(problem.failure);
    }
  }
}
