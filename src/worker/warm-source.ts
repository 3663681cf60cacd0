import type { Log } from "../log.ts";
import {
  Interpreter,
  type LoadOptions,
  type ProcessOptions,
  type ProcessSource,
  type WorkerProcess,
} from "./process.ts";
import { LeftOut, patchesInPlace } from "./unfit-libraries.ts";
import type { Seat } from "./seat.ts";
import { type Preparation, type Unfit, Zygote, type ZygoteListener } from "./zygote.ts";

/** How an interpreter is kept ready: a zygote that is forked, a spare one for each load, or not at all. */
export type Warmth = "auto" | "fork" | "spare" | "off";

/** After this many processes that could not be used nothing is imported ahead any more. */
const TRIES = 8;

/** After so many zygotes that were no good there is no other. */
const MOST_FAILURES = 3;

/** The process to fork from, and what it may not import. */
export class WarmSource implements ProcessSource {
  #options: ProcessOptions;
  readonly #log: Log;
  readonly #makeSeat: () => Seat | null;
  #warmth: Warmth;
  #modules: readonly string[] = [];
  #python = "";
  readonly #leftOut: LeftOut = new LeftOut();
  /** Nothing is imported ahead. */
  #bare = false;
  #tries = 0;
  #failures = 0;
  #zygote: Zygote | null = null;
  #spare: Interpreter | null = null;
  #closed = false;

  /** @param makeSeat a place for a process that is kept ready; null while there is nowhere to connect */
  constructor(options: ProcessOptions, warmth: Warmth, log: Log, makeSeat: () => Seat | null) {
    this.#options = options;
    this.#makeSeat = makeSeat;
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
    if (patching !== undefined && !this.#bare) {
      // It must be imported before what it patches: by the application, as its first.
      this.#log.debug(
        `"${patching}" patches other modules: a spare interpreter is kept in place of a zygote.`,
      );
      this.#warmth = "spare";
      this.#bare = true;
      this.#drop();
    }
    const before = this.#modules;
    // In the order in which they were first imported: what was imported ahead says no more about it.
    this.#modules = this.#bare ? [] : [...new Set([...before, ...modules])];
    if (this.#warmth === "spare") this.#keepSpare();
    else if (this.#zygote === null) this.#startZygote();
    else if (this.#modules.length > before.length) this.#zygote.prepare(this.#wanted());
  }

  /** A process that has imported these ahead is of no use: the next one does without them. */
  exclude(unfit: readonly Unfit[]): void {
    if (unfit.length === 0 || this.#closed) return;
    for (const { importing, problem } of unfit) {
      this.#leftOut.add(importing);
      this.#log.debug(`"${importing.at(-1) ?? ""}" is not imported ahead: ${problem}.`);
    }
    this.#drop();
    this.#tries += 1;
    if (this.#tries > TRIES) {
      this.#bare = true;
      this.#modules = [];
      this.#giveUp("Too many modules do more than to be imported");
    } else if (this.#warmth === "spare") this.#keepSpare();
    else this.#startZygote();
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
    spare.onLine((line) => {
      const answer = JSON.parse(line) as Preparation;
      if ("unfit" in answer) this.exclude(answer.unfit);
      else this.#log.debug("A spare interpreter is ready.");
    });
    spare.tell({ prepare: this.#wanted() });
    void spare.exited.then(() => {
      if (this.#spare === spare) this.#spare = null;
    });
  }

  #startZygote(): void {
    const listener: ZygoteListener = {
      prepared: () => {
        this.#log.debug("The zygote is ready.");
      },
      unfit: (unfit) => this.exclude(unfit),
      unreliable: (problem) => this.#broke(`A worker that was forked was replaced, because ${problem}`),
      died: () => this.#broke("The zygote has ended"),
    };
    this.#zygote = new Zygote(this.#options, this.#wanted(), listener, this.#makeSeat);
  }

  #wanted(): string[] {
    return this.#modules.filter((name) => !this.#leftOut.has(name));
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
