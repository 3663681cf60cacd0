import type { ProcessorTime } from "./processor-time.ts";

/** Requests slower than this (milliseconds) count against pipelining. */
const SLOW = 2;
/** Share of slow requests above which a worker is not given work ahead: its 99th percentile is slow. */
const SLOW_SHARE = 0.01;
/** Above this mean (milliseconds) a wake-up costs little beside the request: nothing to gain. */
const WORTHWHILE = 0.5;
/** Work that may wait at a worker, in milliseconds. */
const AHEAD = 1;
const MOST_AHEAD = 64;
/** A worker that computes less than this for a request (milliseconds) is faster than the gateway that feeds it. */
const LIGHT = 0.02;
/** ... unless its requests wait for something else: by the clock they may take this long. */
const LIGHT_BY_THE_CLOCK = 0.1;
/** Work, in milliseconds, that a light worker may have before another is woken. */
const LIGHT_AHEAD = 0.5;
/** A judgement needs this many requests and this much time (milliseconds). */
const WINDOW_REQUESTS = 32;
const WINDOW = 100;
/** Judgements in a row that are needed to give up: one may be an accident. */
const BAD_WINDOWS = 2;
const FIRST_PENALTY = 1_000;
const LONGEST_PENALTY = 32_000;

/**
 * Measures how fast one worker answers, and says how many requests it may be given ahead.
 *
 * Work queued at the worker saves the wake-up of a sleeping process for every request (measured
 * with Flask on two cores: 11,000 requests a second with one in flight, 25,000 with sixteen), but
 * makes requests wait for each other. So only while the worker is fast, and at most about one
 * millisecond of work. A worker that turns out slow is given one request a runner, for a time that
 * doubles each time it happens, so that a mixed load does not make it flap.
 */
export class Pace {
  #mean = 0.25;
  #count = 0;
  #slow = 0;
  #sum = 0;
  #since: number;
  #pipelining = true;
  #retryAt = 0;
  #badWindows = 0;
  #penalty: number = FIRST_PENALTY;
  #fastSince: number;
  readonly #processorTime: () => ProcessorTime | null;
  #before: ProcessorTime | null = null;
  /** Milliseconds that it computes for a request. */
  #cost: number = Infinity;

  /**
   * @param processorTime what the worker has had of the processors: what a busy machine makes a
   * request wait says nothing about the application
   */
  constructor(now: number, processorTime: () => ProcessorTime | null = () => null) {
    this.#since = now;
    this.#fastSince = now;
    this.#processorTime = processorTime;
  }

  /** May work wait at the worker? */
  get pipelining(): boolean {
    return this.#pipelining;
  }

  /** How many requests may be at a worker of `threads` runners. */
  capacity(threads: number): number {
    if (!this.#pipelining) return threads;
    return Math.max(threads, Math.min(MOST_AHEAD, Math.floor(AHEAD / this.#mean) + 1));
  }

  /** Will a worker with `requests` in hand be done so soon that to wake another would gain nothing? */
  keepsUp(requests: number): boolean {
    return this.#cost < LIGHT && this.#pipelining && requests * this.#cost < LIGHT_AHEAD;
  }

  /** Notes one finished request: `milliseconds` of a runner's time. */
  note(milliseconds: number, now: number): void {
    this.#count += 1;
    this.#sum += milliseconds;
    if (milliseconds > SLOW) this.#slow += 1;
    if (this.#count >= WINDOW_REQUESTS && now - this.#since >= WINDOW) this.#judge(now);
  }

  #judge(now: number): void {
    const time = this.#processorTime();
    const excused = time === null || this.#before === null ? 0 : time.waited - this.#before.waited;
    const used = time === null || this.#before === null ? Infinity : time.used - this.#before.used;
    this.#before = time;
    // Not all of it was this runner's: other threads of the process wait as well.
    const mean = Math.max(0.005, (this.#sum - Math.min(excused, this.#sum / 2)) / this.#count);
    const slow = this.#slow - Math.ceil(excused / SLOW);
    const fast = mean <= WORTHWHILE && slow <= 1 + this.#count * SLOW_SHARE;
    this.#mean = mean;
    this.#cost = mean < LIGHT_BY_THE_CLOCK ? used / this.#count : Infinity;
    this.#badWindows = fast ? 0 : this.#badWindows + 1;
    if (this.#pipelining && this.#badWindows >= BAD_WINDOWS) {
      if (now - this.#fastSince > LONGEST_PENALTY) this.#penalty = FIRST_PENALTY;
      this.#pipelining = false;
      this.#retryAt = now + this.#penalty;
      this.#penalty = Math.min(this.#penalty * 2, LONGEST_PENALTY);
    } else if (!this.#pipelining && now >= this.#retryAt) {
      // Whatever it looks like: runners that share an interpreter hold each other up (by 5 ms at a
      // time), so that a fast application looks slow for as long as it is not tried.
      this.#pipelining = true;
      this.#fastSince = now;
      this.#badWindows = 0;
    }
    this.#count = 0;
    this.#slow = 0;
    this.#sum = 0;
    this.#since = now;
  }
}
