import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Failure, Responder } from "../../src/application.ts";
import type { Lane, WorkerLink } from "../../src/worker/lane.ts";
import { Scheduler } from "../../src/worker/scheduler.ts";
import { requestOf } from "../support/simulated-worker.ts";

const RETIRED: Failure = { kind: "unavailable", reason: "the code changed" };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A worker that runs one request and never ends it by itself. */
function occupied(): { scheduler: Scheduler; lane: Lane; failures: Failure[] } {
  const scheduler = new Scheduler({ queueLimit: 10, queueTimeout: 600_000, retryIdempotent: false });
  const link: WorkerLink = {
    pid: 1,
    processorTime: () => null,
    wantsProcessor: () => false,
    request: () => {},
    wake: () => {},
    recall: () => {},
    cancel: () => {},
    credit: () => {},
    opened: () => {},
  };
  const lane = scheduler.addLane(link, 1);
  const failures: Failure[] = [];
  const responder: Responder = {
    hint: () => {},
    respond: () => {},
    respondWhole: () => {},
    send: () => {},
    sendFile: () => Promise.resolve(false),
    fail: (failure) => failures.push(failure),
  };
  scheduler.begin(requestOf(1, 1_000), responder);
  return { scheduler, lane, failures };
}

describe("a worker whose code is old", () => {
  it("has its requests cut when the grace is over", async () => {
    const { scheduler, lane, failures } = occupied();
    const retired = scheduler.retireLane(lane, 500, RETIRED, () => false);
    vi.advanceTimersByTime(499);
    expect(failures).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(failures).toEqual([RETIRED]);
    await retired;
  });

  it("but not while it is being debugged", async () => {
    const { scheduler, lane, failures } = occupied();
    let debugged = true;
    const retired = scheduler.retireLane(lane, 500, RETIRED, () => debugged);
    vi.advanceTimersByTime(60_000);
    expect(failures).toEqual([]);
    debugged = false;
    vi.advanceTimersByTime(500);
    expect(failures).toEqual([RETIRED]);
    await retired;
  });
});
