/** Requests slower than this (milliseconds) count against pipelining. */
const SLOW = 2;
/** Share of slow requests above which a worker is not given work ahead: its 99th percentile is slow. */
const SLOW_SHARE = 0.01;
/** Above this mean (milliseconds) a wake-up costs little beside the request: nothing to gain. */
const WORTHWHILE = 0.5;
/** Work that may wait at a worker, in milliseconds. */
const AHEAD = 1;
const MOST_AHEAD = 64;
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
  readonly #waited: () => number;
  #waitedBefore = 0;

  /**
   * @param waited milliseconds that the worker was ready and had no processor, ever growing: what a
   * busy machine makes a request wait says nothing about the application
   */
  constructor(now: number, waited: () => number = () => 0) {
    this.#since = now;
    this.#fastSince = now;
    this.#waited = waited;
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

  /** Notes one finished request: `milliseconds` of a runner's time. */
  note(milliseconds: number, now: number): void {
    this.#count += 1;
    this.#sum += milliseconds;
    if (milliseconds > SLOW) this.#slow += 1;
    if (this.#count >= WINDOW_REQUESTS && now - this.#since >= WINDOW) this.#judge(now);
  }

  #judge(now: number): void {
    const waited = this.#waited();
    const excused = waited - this.#waitedBefore;
    this.#waitedBefore = waited;
    // Not all of it was this runner's: other threads of the process wait as well.
    const mean = Math.max(0.005, (this.#sum - Math.min(excused, this.#sum / 2)) / this.#count);
    const slow = this.#slow - Math.ceil(excused / SLOW);
    const fast = mean <= WORTHWHILE && slow <= 1 + this.#count * SLOW_SHARE;
    this.#mean = mean;
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
