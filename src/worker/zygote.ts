import { ForkedProcess, exitOf, type Forker } from "./forked-process.ts";
import { Interpreter, type LoadOptions, type ProcessOptions } from "./process.ts";
import type { Invitation, Seat } from "./seat.ts";

/** A module whose import did more than to define things: a process that has done it is of no use to others. */
export interface Unfit {
  /** Each imports the next; the last of them it was. */
  readonly importing: readonly string[];
  /** `it runs threads (polars-ooc-clea)`. */
  readonly problem: string;
}

/** How an interpreter that was told to import modules ahead answers. */
export type Preparation = { readonly prepared: number } | { readonly unfit: readonly Unfit[] };

export interface ZygoteListener {
  /** It has imported what it was asked to, and may be used. */
  prepared(): void;
  /** It is of no use; the next one has to do without these. */
  unfit(unfit: readonly Unfit[]): void;
  /** A child did not work. */
  unreliable(problem: string): void;
  /** It has ended, and was not asked to. */
  died(): void;
}

/** What the process says, one line of JSON each. */
type Report =
  | Preparation
  | { readonly forked: number; readonly pid: number }
  | { readonly failed: number; readonly problem: string }
  | { readonly exited: number; readonly status: number };

/** The gateway's end of one zygote process (python/highball/worker/zygote.py). */
export class Zygote implements Forker {
  readonly #interpreter: Interpreter;
  readonly #options: ProcessOptions;
  readonly #listener: ZygoteListener;
  readonly #makeSeat: () => Seat | null;
  /** For the child that waits; null until the next one may be forked. */
  #seat: Seat | null = null;
  /** Asked for, by number. */
  readonly #expected: Map<number, ForkedProcess> = new Map();
  readonly #children: Map<number, ForkedProcess> = new Map();
  #number = 0;
  #retired = false;

  /** @param makeSeat a place for a child that waits */
  constructor(
    options: ProcessOptions,
    modules: readonly string[],
    listener: ZygoteListener,
    makeSeat: () => Seat | null,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#makeSeat = makeSeat;
    this.#interpreter = new Interpreter(options, "zygote");
    this.#interpreter.onLine((line) => this.#hear(JSON.parse(line) as Report));
    this.prepare(modules);
    void this.#interpreter.exited.then(() => this.#ended());
  }

  get pid(): number {
    return this.#interpreter.pid;
  }

  /** Imports more; what waits is replaced. */
  prepare(modules: readonly string[]): void {
    this.#interpreter.tell({ prepare: modules });
    this.#offerSeat();
  }

  /** A process that this zygote will fork when it is invited. */
  start(load: LoadOptions): ForkedProcess {
    const seat = this.#seat;
    this.#seat = null;
    return new ForkedProcess(this, load, () => Interpreter.load(this.#options, load), seat);
  }

  fork(child: ForkedProcess, load: LoadOptions, invitation: Invitation): void {
    this.#number += 1;
    this.#expected.set(this.#number, child);
    this.#interpreter.tell({ fork: this.#number, load, invitation });
  }

  unreliable(problem: string): void {
    this.#listener.unreliable(problem);
  }

  /** Forks no more, and ends when the last of its children has. */
  retire(): void {
    this.#retired = true;
    this.#seat?.abandon();
    this.#interpreter.hangUp();
  }

  /** Ends it and its children now. */
  kill(): void {
    this.#retired = true;
    this.#seat?.abandon();
    this.#interpreter.kill("SIGKILL");
  }

  #offerSeat(): void {
    this.#seat?.abandon();
    this.#seat = this.#retired ? null : this.#makeSeat();
    if (this.#seat !== null) this.#interpreter.tell({ seat: this.#seat.invitation });
  }

  #hear(report: Report): void {
    if ("prepared" in report) {
      if (!this.#retired) this.#listener.prepared();
    } else if ("unfit" in report) {
      if (!this.#retired) this.#listener.unfit(report.unfit);
    } else if ("forked" in report) {
      const child = this.#expected.get(report.forked);
      if (child === undefined) return;
      this.#expected.delete(report.forked);
      this.#children.set(report.pid, child);
      child.forked(report.pid);
      this.#offerSeat();
    } else if ("failed" in report) {
      this.#expected.get(report.failed)?.failed(report.problem);
      this.#expected.delete(report.failed);
    } else {
      this.#children.get(report.exited)?.ended(exitOf(report.status));
      this.#children.delete(report.exited);
    }
  }

  #ended(): void {
    this.#seat?.abandon();
    this.#seat = null;
    // Its children die with it (prctl(2), PR_SET_PDEATHSIG).
    for (const child of this.#children.values()) child.ended({ code: null, signal: "SIGKILL" });
    for (const child of this.#expected.values()) child.failed(this.#retired ? "" : "the zygote has ended");
    this.#children.clear();
    this.#expected.clear();
    if (!this.#retired) this.#listener.died();
  }
}
