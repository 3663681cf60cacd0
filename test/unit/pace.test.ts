import { describe, expect, it } from "vitest";
import { Pace } from "../../src/worker/pace.ts";

/** Notes requests of the given cost at the given rate for some milliseconds. */
function run(pace: Pace, from: number, duration: number, cost: (index: number) => number): number {
  let now = from;
  for (let index = 0; now < from + duration; index += 1) {
    const milliseconds = cost(index);
    now += Math.max(milliseconds, 0.5);
    pace.note(milliseconds, now);
  }
  return now;
}

const slow = (index: number): number => (index % 30 === 0 ? 20 : 0.05);

describe("a worker that answers in 0.05 ms", () => {
  it("is given about a millisecond of work ahead", () => {
    const pace = new Pace(0);
    run(pace, 0, 500, () => 0.05);
    expect(pace.pipelining).toBe(true);
    expect(pace.capacity(4)).toBeGreaterThanOrEqual(15);
    expect(pace.capacity(4)).toBeLessThanOrEqual(21);
  });

  it("is never given less than it has runners", () => {
    const pace = new Pace(0);
    run(pace, 0, 500, () => 0.4);
    expect(pace.capacity(16)).toBe(16);
  });
});

describe("a worker of which more than one request in a hundred is slow", () => {
  it("is given one request a runner", () => {
    const pace = new Pace(0);
    run(pace, 0, 500, slow);
    expect(pace.pipelining).toBe(false);
    expect(pace.capacity(4)).toBe(4);
  });

  it("is tried again after a while, and later each time", () => {
    const pace = new Pace(0);
    let now = run(pace, 0, 300, slow);
    const pauses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const since = now;
      while (!pace.pipelining) now = run(pace, now, 50, () => 0.05);
      pauses.push(now - since);
      while (pace.pipelining) now = run(pace, now, 50, slow);
    }
    expect(pauses[0]).toBeLessThan(1500);
    expect(pauses[1]).toBeGreaterThan((pauses[0] ?? 0) * 1.5);
    expect(pauses[2]).toBeGreaterThan((pauses[1] ?? 0) * 1.5);
  });
});

describe("a worker whose runners hold each other up", () => {
  it("is tried again although it looks slow, and kept if it is fast then", () => {
    const pace = new Pace(0);
    let now = run(pace, 0, 500, slow);
    expect(pace.pipelining).toBe(false);
    // As long as each runner has a request, each takes a millisecond; with one runner it would not.
    for (let round = 0; round < 100; round += 1)
      now = run(pace, now, 50, () => (pace.pipelining ? 0.05 : 1.25));
    expect(pace.pipelining).toBe(true);
  });
});

describe("a worker that is slow because it gets no processor", () => {
  it("is not held to be slow", () => {
    let waited = 0;
    const pace = new Pace(0, () => ({ used: 0, waited }));
    run(pace, 0, 1000, (index) => {
      if (index % 30 !== 0) return 0.05;
      waited += 4;
      return 4.05;
    });
    expect(pace.pipelining).toBe(true);
  });
});

describe("a worker whose requests take long, all of them", () => {
  it("is not given work ahead: a wake-up is little beside them", () => {
    const pace = new Pace(0);
    run(pace, 0, 500, () => 1);
    expect(pace.pipelining).toBe(false);
  });
});

/** Requests of `wall` milliseconds by the clock, of which it computes `used`. */
function measure(wall: number, used: number): Pace {
  let sum = 0;
  const pace = new Pace(0, () => ({ used: sum, waited: 0 }));
  run(pace, 0, 1000, () => {
    sum += used;
    return wall;
  });
  return pace;
}

describe("a worker that computes less for a request than the gateway does", () => {
  it("keeps up with half a millisecond of work: no other is woken", () => {
    const pace = measure(0.03, 0.01);
    expect([pace.keepsUp(1), pace.keepsUp(49), pace.keepsUp(51)]).toEqual([true, true, false]);
  });

  it.each([
    ["computes for longer", 0.05, 0.04],
    ["waits for a database", 0.3, 0.01],
  ])("does not if it %s", (_, wall, used) => {
    expect(measure(wall, used).keepsUp(1)).toBe(false);
  });

  it("does not where processor time cannot be told", () => {
    const pace = new Pace(0);
    run(pace, 0, 1000, () => 0.01);
    expect(pace.keepsUp(1)).toBe(false);
  });
});
