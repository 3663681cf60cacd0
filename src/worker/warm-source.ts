import type { Log } from "../log.ts";
import {
  Interpreter,
  type LoadOptions,
  type ProcessOptions,
  type ProcessSource,
  type WorkerProcess,
} from "./process.ts";
import { isDenied, patchesInPlace } from "./unfit-libraries.ts";
import { type Unfit, Zygote } from "./zygote.ts";

/** How an interpreter is kept ready: a zygote that is forked, a spare one for each load, or not at all. */
export type Warmth = "auto" | "fork" | "spare" | "off";

/** After this many libraries that a zygote cannot hold, the next load's interpreter is a spare one instead. */
const TRIES = 8;

/** After so many zygotes that were no good there is no other. */
const MOST_FAILURES = 3;

/** The process to fork from, and what it may not import. */
export class WarmSource implements ProcessSource {
  #options: ProcessOptions;
  readonly #log: Log;
  #warmth: Warmth;
  #modules: readonly string[] = [];
  #python = "";
  /** Libraries, and modules, that a zygote cannot hold. */
  readonly #denied: Set<string> = new Set();
  readonly #foreign: Set<string> = new Set();
  /** Dependencies first, so that the right library is blamed. */
  #careful = false;
  #tries = 0;
  #failures = 0;
  #zygote: Zygote | null = null;
  #spare: Interpreter | null = null;
  #closed = false;

  constructor(options: ProcessOptions, warmth: Warmth, log: Log) {
    this.#options = options;
    this.#warmth = warmth;
    this.#log = log;
  }

  /**
   * A process from the zygote, the spare one if there is one, else a cold start. A zygote that has not
   * imported everything yet is nearer to it than a new process.
   */
  start(load: LoadOptions): WorkerProcess {
    if (this.#zygote !== null) return this.#zygote.start(load);
    const spare = this.#spare;
    this.#spare = null;
    if (spare === null) return Interpreter.load(this.#options, load);
    spare.tell(load);
    return spare;
  }

  /**
   * Gets ready for the next load.
   *
   * @param modules what the last good load had imported that is not the application's own, in order
   * @param python name and version of its interpreter
   */
  prepare(modules: readonly string[], python: string): void {
    if (this.#closed || this.#warmth === "off") return;
    // Elsewhere a forked process is not as good as a new one: system libraries of macOS refuse to work in it.
    if (this.#warmth === "auto")
      this.#warmth = process.platform === "linux" && python.startsWith("Python") ? "fork" : "spare";
    this.#python = python;
    const patching = modules.find(patchesInPlace);
    if (patching !== undefined && this.#warmth === "fork") {
      // It must be imported before what it patches: by the application, as its first.
      this.#log.debug(
        `"${patching}" patches other modules: a spare interpreter is kept in place of a zygote.`,
      );
      this.#warmth = "spare";
      this.#drop();
    }
    this.#modules = patching === undefined ? modules : [];
    if (this.#warmth === "spare") this.#keepSpare();
    else if (this.#zygote === null) this.#startZygote();
    else this.#zygote.prepare(this.#wanted());
  }

  /** Whatever was imported may have changed (an upgrade, another environment): begins anew. */
  renew(options: ProcessOptions): void {
    this.#options = options;
    this.#drop();
    if (this.#python !== "") this.prepare(this.#modules, this.#python);
  }

  /** Ends what is kept ready, and what was forked from it. */
  close(): void {
    this.#closed = true;
    this.#zygote?.kill();
    this.#spare?.kill("SIGKILL");
  }

  #drop(): void {
    this.#zygote?.retire();
    this.#zygote = null;
    this.#spare?.kill("SIGKILL");
    this.#spare = null;
  }

  #keepSpare(): void {
    if (this.#spare !== null) return;
    const spare = new Interpreter(this.#options);
    this.#spare = spare;
    spare.tell({ prepare: this.#modules });
    this.#log.debug("A spare interpreter is kept.");
    void spare.exited.then(() => {
      if (this.#spare === spare) this.#spare = null;
    });
  }

  #startZygote(): void {
    this.#zygote = new Zygote(this.#options, this.#wanted(), {
      prepared: () => {
        this.#log.debug("The zygote is ready.");
      },
      unfit: (unfit) => this.#exclude(unfit),
      foreign: (modules) => {
        for (const name of modules) this.#foreign.add(name);
        this.#log.debug(`The zygote does without ${modules.length} modules that need the application.`);
        this.#again();
      },
      unreliable: (problem) => this.#broke(`A worker that was forked was replaced, because ${problem}`),
      died: () => this.#broke("The zygote has ended"),
    });
  }

  #wanted(): string[] {
    const allowed = this.#modules.filter(
      (name) => !isDenied(name) && !this.#denied.has(libraryOf(name)) && !this.#foreign.has(name),
    );
    if (!this.#careful) return allowed;
    const libraries = [...new Set(allowed.map(libraryOf))].toReversed();
    return libraries.flatMap((library) => allowed.filter((name) => libraryOf(name) === library));
  }

  /** A zygote that holds such a library is of no use: the next one is made without it. */
  #exclude({ module, problem, imported }: Unfit): void {
    const libraries = new Set(imported.map(libraryOf));
    if (libraries.size > 1 && !this.#careful) {
      this.#careful = true;
    } else {
      this.#denied.add(libraryOf(module));
      this.#log.debug(`The zygote does without "${libraryOf(module)}": ${problem}.`);
    }
    this.#again();
  }

  #again(): void {
    this.#drop();
    this.#tries += 1;
    if (this.#tries > TRIES) this.#giveUp("Too many libraries do more than to be imported");
    else this.#startZygote();
  }

  /** Something was wrong with the zygote or a child of it: a cold start has taken its place. */
  #broke(what: string): void {
    if (this.#closed || this.#warmth !== "fork") return;
    this.#failures += 1;
    this.#drop();
    if (this.#failures < MOST_FAILURES) {
      this.#log.warning(`${what}; another zygote is made.`);
      this.#startZygote();
    } else {
      this.#giveUp(`${what}, for the ${this.#failures}rd time`);
    }
  }

  #giveUp(what: string): void {
    this.#warmth = "spare";
    this.#log.warning(`${what}: spare interpreters are used from now on. (--no-zygote does without them.)`);
    this.#keepSpare();
  }
}

function libraryOf(module: string): string {
  const [library = ""] = module.split(".", 1);
  return library;
}
