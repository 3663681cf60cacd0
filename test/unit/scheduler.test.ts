import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Call, Failure, Responder } from "../../src/application.ts";
import { Scheduler, type SchedulerOptions } from "../../src/worker/scheduler.ts";
import { requestOf, SimulatedWorker } from "../support/simulated-worker.ts";

const SEED = 20261120;

/** Remembers how a request ended, and how often. */
class Ending implements Responder {
  readonly at: number[] = [];
  failure: Failure | null = null;
  answers = 0;

  hint(): void {}
  respond(_head: string, _body: Buffer, complete: boolean): void {
    if (complete) this.#end();
    this.answers += 1;
  }
  respondWhole(): void {
    throw new Error("the simulated worker sends no such response");
  }
  send(): void {}
  sendFile(): Promise<boolean> {
    return Promise.resolve(false);
  }
  fail(failure: Failure): void {
    this.failure = failure;
    this.#end();
  }
  #end(): void {
    this.at.push(Date.now());
  }
}

function makeScheduler(options: Partial<SchedulerOptions> = {}): Scheduler {
  return new Scheduler({
    queueLimit: 10_000,
    queueTimeout: 600_000,
    retryIdempotent: false,
    now: () => Date.now(),
    ...options,
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a request", () => {
  it("goes to an idle worker before it waits at a busy one", () => {
    const scheduler = makeScheduler();
    const workers = [1, 2].map((pid) => new SimulatedWorker(pid, 1, scheduler));
    for (const worker of workers) worker.join();
    scheduler.begin(requestOf(1, 100), new Ending());
    scheduler.begin(requestOf(2, 100), new Ending());
    expect(workers.map((worker) => worker.started)).toEqual([[1], [2]]);
  });

  it("waits in the gateway until there is a worker", () => {
    const scheduler = makeScheduler();
    const ending = new Ending();
    scheduler.begin(requestOf(1, 1), ending);
    expect(scheduler.waiting).toBe(1);
    new SimulatedWorker(1, 1, scheduler).join();
    vi.advanceTimersByTime(1);
    expect(ending.answers).toBe(1);
  });

  it("behind a slow one is taken by another runner of the same worker (WAKE)", () => {
    const scheduler = makeScheduler();
    new SimulatedWorker(1, 2, scheduler).join();
    const slow = new Ending();
    const fast = new Ending();
    scheduler.begin(requestOf(1, 500), slow);
    scheduler.begin(requestOf(2, 1), fast);
    vi.advanceTimersByTime(10);
    expect(fast.answers).toBe(1);
    expect(slow.answers).toBe(0);
  });

  it("behind one that only waits for a processor gets no second runner to trade the interpreter's lock with", () => {
    const scheduler = makeScheduler();
    const worker = new SimulatedWorker(1, 2, scheduler);
    worker.join();
    worker.starved = true;
    scheduler.begin(requestOf(1, 4), new Ending());
    const second = new Ending();
    scheduler.begin(requestOf(2, 1), second);
    vi.advanceTimersByTime(5);
    expect(worker.woken).toBe(0);
    expect(second.answers).toBe(1);
  });

  it("behind one that computes for long gets one nevertheless", () => {
    const scheduler = makeScheduler();
    const worker = new SimulatedWorker(1, 2, scheduler);
    worker.join();
    worker.starved = true;
    scheduler.begin(requestOf(1, 500), new Ending());
    const second = new Ending();
    scheduler.begin(requestOf(2, 1), second);
    vi.advanceTimersByTime(12);
    expect(second.answers).toBe(1);
  });

  it("behind a slow one is taken back when its worker has no other runner (RECALL)", () => {
    const scheduler = makeScheduler();
    const busy = new SimulatedWorker(1, 1, scheduler);
    const other = new SimulatedWorker(2, 1, scheduler);
    busy.join();
    const endings = [500, 1, 1].map((milliseconds, index) => {
      const ending = new Ending();
      scheduler.begin(requestOf(index, milliseconds), ending);
      return ending;
    });
    other.join();
    vi.advanceTimersByTime(20);
    expect(endings.map((ending) => ending.answers)).toEqual([0, 1, 1]);
    expect(other.started).toEqual([1, 2]);
  });

  it("whose client left while it waited is never started", () => {
    const scheduler = makeScheduler();
    const worker = new SimulatedWorker(1, 1, scheduler);
    scheduler.begin(requestOf(1, 1), new Ending());
    const ghost = scheduler.begin(requestOf(2, 1), new Ending());
    ghost.cancel();
    worker.join();
    vi.advanceTimersByTime(10);
    expect(worker.started).toEqual([1]);
    expect(scheduler.waiting + scheduler.inFlight).toBe(0);
  });

  it("over the limit of the queue is refused with 503 and a time to come back", () => {
    const scheduler = makeScheduler({ queueLimit: 1 });
    scheduler.begin(requestOf(1, 1), new Ending());
    const ending = new Ending();
    scheduler.begin(requestOf(2, 1), ending);
    expect(ending.failure).toMatchObject({ kind: "overloaded", retryAfter: expect.any(Number) as number });
  });

  it("that has waited too long is refused, and the younger ones wait on", () => {
    const scheduler = makeScheduler({ queueTimeout: 1000 });
    const old = new Ending();
    const young = new Ending();
    scheduler.begin(requestOf(1, 1), old);
    vi.advanceTimersByTime(600);
    scheduler.begin(requestOf(2, 1), young);
    vi.advanceTimersByTime(500);
    expect(old.failure?.kind).toBe("overloaded");
    expect(young.failure).toBeNull();
    vi.advanceTimersByTime(600);
    expect(young.failure?.kind).toBe("overloaded");
  });
});

describe("a worker that dies", () => {
  it("takes what it had started with it, and nothing else", () => {
    const scheduler = makeScheduler();
    const doomed = new SimulatedWorker(7, 1, scheduler);
    doomed.join();
    const endings = [50, 1, 1].map((milliseconds, index) => {
      const ending = new Ending();
      scheduler.begin(requestOf(index, milliseconds), ending);
      return ending;
    });
    doomed.die();
    expect(endings[0]?.failure).toMatchObject({ kind: "worker-died", pid: 7 });
    const next = new SimulatedWorker(8, 1, scheduler);
    next.join();
    vi.advanceTimersByTime(10);
    expect(endings.map((ending) => ending.answers)).toEqual([0, 1, 1]);
  });

  it("lets a GET run once more, if the setting says so, and only once", () => {
    const scheduler = makeScheduler({ retryIdempotent: true });
    const ending = new Ending();
    for (const pid of [1, 2]) {
      const worker = new SimulatedWorker(pid, 1, scheduler);
      worker.join();
      if (pid === 1) scheduler.begin(requestOf(1, 50), ending);
      expect(worker.started).toEqual([1]);
      worker.die();
    }
    expect(ending.failure?.kind).toBe("worker-died");
  });
});

describe("whatever happens", () => {
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.record({ do: fc.constant("begin" as const), ms: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("begin" as const), ms: fc.integer({ min: 20, max: 400 }) }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), which: fc.nat(1000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const), which: fc.nat(1000) }) },
  );

  it("every request ends once, and none is started twice", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { minLength: 1, maxLength: 120 }),
        (count, threads, steps) => {
          const scheduler = makeScheduler();
          let pid = 0;
          const all: SimulatedWorker[] = [];
          const hire = (): SimulatedWorker => {
            const worker = new SimulatedWorker((pid += 1), threads, scheduler);
            all.push(worker);
            worker.join();
            return worker;
          };
          const alive = Array.from({ length: count }, hire);
          const endings: Ending[] = [];
          const calls: Call[] = [];
          const cancelled = new Set<number>();
          for (const action of steps) {
            if (action.do === "begin") {
              const ending = new Ending();
              calls.push(scheduler.begin(requestOf(endings.length, action.ms), ending));
              endings.push(ending);
            } else if (action.do === "pass") {
              vi.advanceTimersByTime(action.ms);
            } else if (action.do === "cancel" && calls.length > 0) {
              const index = action.which % calls.length;
              if (endings[index]?.at.length === 0) cancelled.add(index);
              calls[index]?.cancel();
            } else if (action.do === "die") {
              const index = action.which % alive.length;
              alive[index]?.die();
              alive[index] = hire();
            }
          }
          vi.advanceTimersByTime(120 * 400 + 1000);
          const starts = all.flatMap((worker) => worker.started);
          expect(new Set(starts).size, "started twice").toBe(starts.length);
          for (const [index, ending] of endings.entries()) {
            expect(ending.at.length, `ends of request ${index}`).toBe(cancelled.has(index) ? 0 : 1);
          }
          expect(scheduler.inFlight + scheduler.waiting, "requests left over").toBe(0);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("no request waits for another's execution for more than a few milliseconds while a runner is free", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(
          fc.record({ ms: fc.oneof(fc.constant(0), fc.constant(1), fc.constant(500)), gap: fc.nat(3) }),
          {
            minLength: 5,
            maxLength: 80,
          },
        ),
        (count, threads, arrivals) => {
          const scheduler = makeScheduler();
          const workers = Array.from(
            { length: count },
            (_, index) => new SimulatedWorker(index + 1, threads, scheduler),
          );
          for (const worker of workers) worker.join();
          let idleWhileWaiting = 0;
          const look = (): void => {
            const free = workers.reduce((sum, worker) => sum + worker.freeRunners, 0);
            const waiting = scheduler.waiting + workers.reduce((sum, worker) => sum + worker.unstarted, 0);
            idleWhileWaiting = free > 0 && waiting > 0 ? idleWhileWaiting + 1 : 0;
            // Stalls are noticed after 1.5 ms; several in a row add up, one runner each.
            expect(idleWhileWaiting, "milliseconds with work waiting and a runner free").toBeLessThan(
              4 + 3 * threads,
            );
          };
          for (const { ms, gap } of arrivals) {
            scheduler.begin(requestOf(0, ms), new Ending());
            for (let passed = 0; passed < gap; passed += 1) {
              vi.advanceTimersByTime(1);
              look();
            }
          }
          for (let passed = 0; passed < 50; passed += 1) {
            vi.advanceTimersByTime(1);
            look();
          }
          vi.advanceTimersByTime(100_000);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});
