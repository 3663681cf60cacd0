import type { Application, ApplicationRequest, Call, Failure, Responder } from "../application.ts";
import { Job } from "./job.ts";
import { Lane, wasStarted, type WorkerLink } from "./lane.ts";
import { RequestQueue } from "./request-queue.ts";

/** The only worker is helped this often, in all for about a tenth of a second, before it has to give back what waits. */
const PATIENCE = 6;
/** Milliseconds at least between two looks whether a worker that retires is still spared. */
const SPARED = 200;

export interface SchedulerOptions {
  /** Requests that may wait in the gateway. */
  readonly queueLimit: number;
  /** Milliseconds that a request may wait in the gateway. */
  readonly queueTimeout: number;
  /** May a GET or HEAD run again when its worker died before it had sent anything? */
  readonly retryIdempotent: boolean;
  /** Milliseconds from any start, never going back. @defaultValue performance.now */
  readonly now?: () => number;
}

/** What a worker's death did to the requests it had. */
export interface Casualties {
  readonly lost: readonly Job[];
  readonly moved: number;
}

/**
 * One queue, and the workers behind it.
 *
 * The invariant: no request waits for another's execution while a runner is free anywhere. A
 * request goes to the worker that has the fewest; to one that is busy only while that one is fast
 * (`Pace`), and is taken back (WAKE, then RECALL) when it turns out that it is not. A request is
 * never started twice, but for a GET or HEAD whose worker died, if the setting allows it.
 */
export class Scheduler implements Application {
  readonly #options: SchedulerOptions;
  readonly #now: () => number;
  readonly #queue: RequestQueue = new RequestQueue();
  readonly #cancelJob: (job: Job) => void = (job) => this.#cancel(job);
  #lanes: readonly Lane[] = [];
  #sequence = 0;
  #inFlight = 0;
  #stallTimer: NodeJS.Timeout | null = null;
  #look: NodeJS.Immediate | null = null;
  #ageTimer: NodeJS.Timeout | null = null;
  #refusal: Failure | null = null;
  #onIdle: (() => void) | null = null;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Requests at workers. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Requests that wait in the gateway. */
  get waiting(): number {
    return this.#queue.size;
  }

  begin(request: ApplicationRequest, responder: Responder): Call {
    const now = this.#now();
    const job = new Job(request, responder, now, this.#sequence++, this.#cancelJob);
    if (this.#refusal !== null) {
      this.#end(job, this.#refusal);
      return job;
    }
    const lane = this.#queue.size === 0 ? this.#pick() : null;
    if (lane !== null) {
      this.#send(lane, job, now);
    } else if (this.#queue.size >= this.#options.queueLimit) {
      const reason = `${this.#queue.size} requests are waiting for a worker already`;
      this.#end(job, { kind: "overloaded", reason, retryAfter: 1 });
    } else {
      this.#queue.push(job);
      this.#watchStalls();
      this.#watchAge();
    }
    return job;
  }

  /** From now on requests are refused with `failure`; what waits or runs goes on. */
  refuse(failure: Failure): void {
    this.#refusal = failure;
  }

  /** Gives up what still waits in the queue. */
  failWaiting(failure: Failure): void {
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) this.#end(job, failure);
  }

  /** Resolves once nothing waits and nothing runs. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      this.#checkIdle();
    });
  }

  // --- workers ------------------------------------------------------------------------------

  addLane(link: WorkerLink, threads: number): Lane {
    const lane = new Lane(link, threads, this.#now());
    this.#lanes = [...this.#lanes, lane];
    this.#pump();
    return lane;
  }

  /** No new requests for this worker; those it has may finish. */
  closeLane(lane: Lane): void {
    this.#lanes = this.#lanes.filter((other) => other !== lane);
  }

  /**
   * No new requests for this worker, and none that it has not started: those go to others. Resolves
   * when it has finished what it runs, or when `grace` milliseconds are over and what is left was cut.
   *
   * @param isSpared whether it has more time when they are
   */
  async retireLane(lane: Lane, grace: number, failure: Failure, isSpared: () => boolean): Promise<void> {
    this.closeLane(lane);
    if (lane.inFlight.size === 0) return;
    const unanswered = [...lane.inFlight].filter((job) => !job.responded && !job.recalling);
    for (const job of unanswered) job.recalling = true;
    lane.link.recall(unanswered.map((job) => job.id));
    const idle = new Promise<void>((resolve) => {
      lane.onIdle = resolve;
    });
    let timer: NodeJS.Timeout;
    const end = (): void => {
      if (isSpared()) {
        timer = setTimeout(end, Math.max(grace, SPARED));
        return;
      }
      for (const job of lane.inFlight) this.#cut(job, failure);
      lane.onIdle?.();
    };
    timer = setTimeout(end, grace);
    await idle;
    clearTimeout(timer);
  }

  #cut(job: Job, failure: Failure): void {
    if (job.cancelled) return;
    job.responder.fail(failure);
    job.cancel();
  }

  /**
   * The worker is dead. What it had not started goes to another worker; what it had started fails.
   *
   * @param lastStarted the word in the worker's ledger; 0 when it had started nothing
   * @param traceback where it stood; empty if that is not known
   */
  buryLane(lane: Lane, lastStarted: number, reason: string, traceback: string = ""): Casualties {
    this.closeLane(lane);
    const lost: Job[] = [];
    const moved: Job[] = [];
    for (const job of lane.inFlight) {
      this.#inFlight -= 1;
      if (job.cancelled) job.state = "done";
      else if (!wasStarted(job.id, lastStarted)) moved.push(job);
      else if (this.#mayRetry(job)) {
        job.retried = true;
        moved.push(job);
      } else lost.push(job);
    }
    lane.inFlight.clear();
    lane.onIdle?.();
    this.#takeBack(moved);
    for (const job of lost) this.#end(job, { kind: "worker-died", pid: lane.link.pid, reason, traceback });
    this.#checkIdle();
    return { lost, moved: moved.length };
  }

  #mayRetry(job: Job): boolean {
    return this.#options.retryIdempotent && job.request.replayable && !job.responded && !job.retried;
  }

  // --- what workers say ---------------------------------------------------------------------

  /** The exchange has ended: its runner is free, or soon will be. */
  finished(lane: Lane, job: Job, now: number): void {
    lane.finish(job, now);
    this.#inFlight -= 1;
    if (lane.onIdle !== null && lane.inFlight.size === 0) lane.onIdle();
    if (this.#queue.size > 0) this.#pump();
    else if (this.#onIdle !== null) this.#checkIdle();
  }

  /** The worker hands back requests that it had not started. */
  recalled(lane: Lane, ids: readonly number[]): void {
    const jobs: Job[] = [];
    for (const id of ids) {
      const job = lane.inFlight.get(id);
      if (job === undefined) continue;
      lane.inFlight.delete(id);
      this.#inFlight -= 1;
      if (job.cancelled) job.state = "done";
      else jobs.push(job);
    }
    if (lane.onIdle !== null && lane.inFlight.size === 0) lane.onIdle();
    this.#takeBack(jobs);
    this.#checkIdle();
  }

  // --- the queue ----------------------------------------------------------------------------

  #takeBack(jobs: Job[]): void {
    for (const job of jobs) {
      job.state = "queued";
      job.lane = null;
    }
    this.#queue.putBack(jobs);
    this.#watchAge();
    this.#pump();
  }

  #pump(): void {
    const now = this.#now();
    while (this.#queue.size > 0) {
      const lane = this.#pick();
      if (lane === null) {
        this.#watchStalls();
        return;
      }
      const job = this.#queue.shift();
      if (job !== undefined) this.#send(lane, job, now);
    }
  }

  /**
   * A worker that is awake and keeps up; else the one with the fewest requests that has room, the
   * first of equals, whose caches are warm.
   */
  #pick(): Lane | null {
    let best: Lane | null = null;
    for (const lane of this.#lanes) {
      if (lane.keepsUp) return lane;
      if ((best === null || lane.inFlight.size < best.inFlight.size) && lane.hasRoom) best = lane;
    }
    return best;
  }

  #send(lane: Lane, job: Job, now: number): void {
    this.#inFlight += 1;
    lane.send(job, now);
    if (lane.inFlight.size === 1) return;
    if (lane.isHeldUp(now)) this.#lookSoon();
    this.#watchStalls();
  }

  #cancel(job: Job): void {
    if (job.state === "sent") {
      job.lane?.link.cancel(job.id);
    } else {
      this.#queue.remove(job);
      job.state = "done";
      this.#checkIdle();
    }
  }

  #end(job: Job, failure: Failure): void {
    job.state = "done";
    if (!job.cancelled) job.responder.fail(failure);
  }

  #checkIdle(): void {
    if (this.#onIdle !== null && this.#inFlight === 0 && this.#queue.size === 0) {
      this.#onIdle();
      this.#onIdle = null;
    }
  }

  // --- clocks -------------------------------------------------------------------------------

  /** Looks every millisecond, but only while some request waits behind another. */
  #watchStalls(): void {
    this.#stallTimer ??= setTimeout(() => {
      this.#stallTimer = null;
      this.#lookSoon();
    }, 1);
  }

  /**
   * Looks once what has arrived is read.
   *
   * On a busy machine the gateway itself gets no processor for some milliseconds now and then; the
   * workers seem held up then, while their answers wait in its own sockets.
   */
  #lookSoon(): void {
    this.#look ??= setImmediate(() => {
      this.#look = null;
      if (this.#relieve()) this.#watchStalls();
    });
  }

  /** @returns whether there is still something to watch */
  #relieve(): boolean {
    const now = this.#now();
    let waiting = this.#queue.size > 0;
    for (const lane of this.#lanes) {
      if (lane.inFlight.size <= 1) continue;
      waiting = true;
      if (now >= lane.reliefDue) this.#relieveLane(lane, now);
    }
    return waiting;
  }

  #relieveLane(lane: Lane, now: number): void {
    const oldest = lane.oldest();
    if (oldest === undefined || lane.isExcused(now)) return;
    // Sends the responses that wait for company, and wakes a runner if none reads.
    lane.link.wake(oldest.id);
    // Each runner may be held up by now. With one worker there is nobody who could take the rest, but
    // in the gateway it is known how old they are.
    const enough = this.#lanes.length > 1 ? lane.threads - 1 : Math.max(lane.threads - 1, PATIENCE);
    const allTried = lane.reliefs >= enough;
    lane.relieved(now);
    if (!allTried) return;
    const jobs = lane.beyondRunners();
    if (jobs.length === 0) return;
    for (const job of jobs) job.recalling = true;
    lane.link.recall(jobs.map((job) => job.id));
  }

  #watchAge(): void {
    const oldest = this.#queue.first();
    if (this.#ageTimer !== null || oldest === undefined) return;
    const left = oldest.enqueuedAt + this.#options.queueTimeout - this.#now();
    this.#ageTimer = setTimeout(
      () => {
        this.#ageTimer = null;
        this.#dropAged();
        this.#watchAge();
      },
      Math.max(1, Math.ceil(left)),
    );
    this.#ageTimer.unref();
  }

  #dropAged(): void {
    const { queueTimeout } = this.#options;
    const limit = this.#now() - queueTimeout;
    for (
      let job = this.#queue.first();
      job !== undefined && job.enqueuedAt <= limit;
      job = this.#queue.first()
    ) {
      this.#queue.shift();
      const reason = `no worker was free for ${queueTimeout / 1000} s`;
      this.#end(job, { kind: "overloaded", reason, retryAfter: 5 });
    }
    this.#checkIdle();
  }
}
