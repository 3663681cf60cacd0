import { constants } from "node:os";
import { lastWords } from "./last-words.ts";
import type { Exit, LoadOptions, WorkerProcess } from "./process.ts";
import type { Invitation, Seat } from "./seat.ts";

/** A child that has not connected after this long (milliseconds) never will: a lock was held when it was forked. */
const HELLO_LIMIT = 2_000;

/** The zygote may be importing still, which takes less time than to begin anew: wait this long for the fork. */
const FORK_LIMIT = 10_000;

/** What a child of the zygote needs of it. */
export interface Forker {
  fork(child: ForkedProcess, load: LoadOptions, invitation: Invitation): void;
  /** A child was no good, and a cold start took its place. */
  unreliable(problem: string): void;
}

/** A worker process that the zygote forks; where that does not come to anything, a cold start instead. */
export class ForkedProcess implements WorkerProcess {
  readonly startedAt: number = Date.now();
  readonly seat: Seat | null;
  readonly exited: Promise<Exit>;
  readonly #forker: Forker;
  readonly #load: LoadOptions;
  readonly #coldStart: () => WorkerProcess;
  #resolve: (exit: Exit) => void = () => {};
  #pid = 0;
  #invitation: Invitation | null = null;
  #timer: NodeJS.Timeout | undefined;
  #greeted = false;
  #killed: NodeJS.Signals | null = null;
  #replacement: WorkerProcess | null = null;

  constructor(forker: Forker, load: LoadOptions, coldStart: () => WorkerProcess, seat: Seat | null) {
    this.#forker = forker;
    this.#load = load;
    this.#coldStart = coldStart;
    this.seat = seat;
    this.exited = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get pid(): number {
    return this.#replacement?.pid ?? this.#pid;
  }

  invite(invitation: Invitation): void {
    this.#invitation = invitation;
    this.#expect("was not forked", FORK_LIMIT);
    this.#forker.fork(this, this.#load, invitation);
  }

  greeted(): void {
    this.#greeted = true;
    clearTimeout(this.#timer);
    this.#replacement?.greeted();
  }

  kill(signal: NodeJS.Signals): void {
    this.#killed = signal;
    clearTimeout(this.#timer);
    if (this.#replacement !== null) this.#replacement.kill(signal);
    else if (this.#pid !== 0) signalProcess(this.#pid, signal);
    // Never asked for: nobody will tell of its end.
    else if (this.#invitation === null) {
      this.seat?.abandon();
      this.#resolve({ code: null, signal });
    }
  }

  // --- what the zygote tells ----------------------------------------------------------------

  forked(pid: number): void {
    this.#pid = pid;
    this.#expect("did not connect", HELLO_LIMIT);
    if (this.#killed !== null || this.#replacement !== null) signalProcess(pid, this.#killed ?? "SIGKILL");
  }

  ended(exit: Exit): void {
    if (this.#replacement !== null) return; // the replacement's end is what counts
    if (this.#greeted || this.#killed !== null) this.#resolve(exit);
    else void this.#endedUnheard(exit);
  }

  async #endedUnheard(exit: Exit): Promise<void> {
    await lastWords();
    if (this.#greeted) this.#resolve(exit);
    else this.failed("it ended before it had connected");
  }

  #expect(otherwise: string, milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#greeted || this.#killed !== null || this.#replacement !== null) return;
    this.#timer = setTimeout(
      () => this.failed(`it ${otherwise} within ${milliseconds / 1000} s`),
      milliseconds,
    );
  }

  /** There is no child, or none that works; `problem` is empty where that was no surprise. */
  failed(problem: string): void {
    clearTimeout(this.#timer);
    // What has greeted before it was handed over, and was gone when it was, did not come to anything.
    if (this.#replacement !== null || (this.#greeted && this.#pid !== 0)) return;
    if (this.#killed !== null) {
      this.#resolve({ code: null, signal: this.#killed });
      return;
    }
    if (problem !== "") this.#forker.unreliable(problem);
    if (this.#pid !== 0) signalProcess(this.#pid, "SIGKILL");
    this.#replacement = this.#coldStart();
    void this.#replacement.exited.then(this.#resolve);
    if (this.#invitation !== null) this.#replacement.invite(this.#invitation);
  }
}

/** Reads a status as wait(2) gives it. */
export function exitOf(status: number): Exit {
  const number = status & 0x7f;
  if (number === 0) return { code: (status >> 8) & 0xff, signal: null };
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return { code: null, signal: (name ?? "SIGKILL") as NodeJS.Signals };
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
