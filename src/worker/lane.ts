import type { ApplicationRequest } from "../application.ts";
import { InFlight } from "./in-flight.ts";
import type { Job } from "./job.ts";
import { Pace } from "./pace.ts";
import type { ProcessorTime } from "./processor-time.ts";

/** The connections of one worker, as the scheduler uses them. */
export interface WorkerLink {
  readonly pid: number;
  /** What the worker has had of the processors, if that can be told. */
  processorTime(): ProcessorTime | null;
  /** Does it run, or wait for a processor, and for nothing else? */
  wantsProcessor(): boolean;
  request(id: number, request: ApplicationRequest, follow: boolean): void;
  /** Exchange `id` holds up what came after it: let another runner go on. */
  wake(id: number): void;
  recall(ids: readonly number[]): void;
  cancel(id: number): void;
  credit(id: number, bytes: number): void;
  opened(id: number, accepted: boolean): void;
}

/** A worker with work waiting that has not answered for this long (milliseconds) is held up. */
export const STALL = 1.5;
/** One that has work to do and no processor is given this long more (milliseconds): Python's switch interval. */
const BUSY_MACHINE = 5;

/** A worker as the scheduler sees it: what was given to it and not yet answered. */
export class Lane {
  readonly link: WorkerLink;
  readonly threads: number;
  readonly pace: Pace;
  /** In the order in which they were sent, which is the order in which the worker starts them. */
  readonly inFlight: InFlight = new InFlight();
  /** When the worker last answered, or was given its first request. */
  lastProgress: number;
  /** Called when it has nothing left to do, if somebody waits for that. */
  onIdle: (() => void) | null = null;
  /** How often it was helped since it last answered. */
  reliefs = 0;
  /** Not to be helped again before this moment. */
  reliefDue = 0;
  #excused = false;
  #lastId = 0;

  constructor(link: WorkerLink, threads: number, now: number) {
    this.link = link;
    this.threads = threads;
    this.pace = new Pace(now, () => link.processorTime());
    this.lastProgress = now;
  }

  get hasRoom(): boolean {
    // Held up: nothing more than it has runners, however fast it was before.
    const capacity = this.reliefs > 0 ? this.threads : this.pace.capacity(this.threads);
    return this.inFlight.size < capacity;
  }

  /**
   * It is awake, and will be done with what it has in less time than it would take to wake another.
   *
   * Measured with "hello world", two workers and wrk on two cores: 54,000 requests a second with
   * the first worker alone awake, 42,000 with both.
   */
  get keepsUp(): boolean {
    return this.inFlight.size > 0 && this.reliefs === 0 && this.pace.keepsUp(this.inFlight.size);
  }

  send(job: Job, now: number): void {
    if (this.inFlight.size === 0) this.#progress(now);
    const id = this.#nextId();
    job.id = id;
    job.lane = this;
    job.state = "sent";
    job.recalling = false;
    job.dispatchedAt = now;
    this.inFlight.add(job);
    this.link.request(id, job.request, this.threads > 1 && !this.pace.pipelining);
  }

  /** Takes a finished job off, and measures it. */
  finish(job: Job, now: number): void {
    const others = this.inFlight.size - 1;
    this.inFlight.delete(job.id);
    job.state = "done";
    // With one runner awake a request's time began when the one before it ended. With several,
    // they share the interpreter: what is wanted is the cost of one.
    const milliseconds =
      this.pace.pipelining && this.reliefs === 0
        ? now - Math.max(job.dispatchedAt, this.lastProgress)
        : (now - job.dispatchedAt) / (1 + Math.min(others, this.threads - 1));
    this.pace.note(milliseconds, now);
    this.#progress(now);
  }

  #progress(now: number): void {
    this.lastProgress = now;
    this.reliefs = 0;
    this.reliefDue = now + STALL;
    this.#excused = false;
  }

  /**
   * Nothing holds it up but the want of a processor, or work: it gets a little more time, once.
   *
   * On a busy machine that is the usual reason for a silence of two milliseconds, and a second
   * runner then would only trade the interpreter's lock with the first, 5 ms at a time: measured
   * with "hello world" on two cores, 26 needless WAKEs a second and a p99 of 7 ms for 2 ms.
   */
  isExcused(now: number): boolean {
    if (this.reliefs > 0) return false;
    if (!this.#excused && this.link.wantsProcessor()) {
      this.#excused = true;
      this.reliefDue = now + BUSY_MACHINE;
    }
    return now < this.reliefDue;
  }

  /** It was helped: the next time not so soon, as long as it does not answer. */
  relieved(now: number): void {
    this.reliefDue = now + STALL * 2 ** Math.min(this.reliefs, 5);
    this.reliefs += 1;
  }

  /** It has given no sign for a while, so that a new request must not wait for the next look. */
  isHeldUp(now: number): boolean {
    return now - this.lastProgress >= STALL;
  }

  oldest(): Job | undefined {
    return this.inFlight.oldest();
  }

  /** The youngest requests, which no runner can have started if each has one. */
  beyondRunners(): Job[] {
    const jobs = [...this.inFlight].slice(this.threads);
    return jobs.filter((job) => !job.recalling && !job.responded && !job.cancelled);
  }

  /**
   * Ids are never used twice in the life of a lane but after 2^32 of them; zero stands for none.
   */
  #nextId(): number {
    this.#lastId = (this.#lastId + 1) >>> 0;
    if (this.#lastId === 0) this.#lastId = 1;
    return this.#lastId;
  }
}

/**
 * Had the worker started `id`, if `lastStarted` is the word in its ledger?
 *
 * Ids count up and wrap, so they are compared as serial numbers (RFC 1982).
 */
export function wasStarted(id: number, lastStarted: number): boolean {
  return lastStarted !== 0 && ((lastStarted - id) | 0) >= 0;
}
