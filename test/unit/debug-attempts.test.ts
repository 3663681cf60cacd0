/** Wrong PINs are limited for each client, and nobody's limit is another's. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Attempts } from "../../src/debug/attempts.ts";

const seed = 20_240_229;

class Clock {
  seconds = 0;
  readonly attempts: Attempts = new Attempts(() => this.seconds);

  /** Guesses as fast as the waits allow. @returns the seconds waited before each guess but the first */
  guess(address: string, count: number): number[] {
    return Array.from({ length: count }, () => {
      this.attempts.failed(address);
      const wait = this.attempts.wait(address);
      this.seconds += wait;
      return wait;
    });
  }
}

describe("wrong PINs", () => {
  it("cost nothing at first, and then longer and longer waits, up to a minute", () => {
    expect(new Clock().guess("10.0.0.1", 13)).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it("leave fewer than 1500 guesses a day to a client that never stops", () => {
    const clock = new Clock();
    let guesses = 0;
    while (clock.seconds < 86_400) {
      clock.guess("10.0.0.1", 1);
      guesses += 1;
    }
    expect(guesses).toBeLessThan(1500);
  });

  it("are forgotten with the right one, and after a quarter of an hour", () => {
    const clock = new Clock();
    clock.guess("10.0.0.1", 8);
    clock.attempts.failed("10.0.0.1");
    clock.attempts.succeeded("10.0.0.1");
    expect(clock.attempts.wait("10.0.0.1")).toBe(0);
    clock.guess("10.0.0.1", 8);
    clock.seconds += 15 * 60 + 1;
    expect(clock.guess("10.0.0.1", 4)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ["127.0.0.1", "127.8.9.10"],
    ["127.0.0.1", "::1"],
    ["127.0.0.1", "::ffff:127.0.0.1"],
    ["10.0.0.1", "::FFFF:10.0.0.1"],
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff:eeee:dddd:cccc"],
    ["2001:db8::1", "2001:0db8:0:0::2"],
    ["fe80::1%eth0", "fe80::2"],
  ])("from %s and %s are one client's", (one, other) => {
    const clock = new Clock();
    clock.guess(one, 6);
    clock.attempts.failed(one);
    expect(clock.attempts.wait(other)).toBeGreaterThan(0);
  });

  it.each([
    ["10.0.0.1", "10.0.0.2"],
    ["127.0.0.1", ""],
    ["2001:db8:1:2::1", "2001:db8:1:3::1"],
    ["10.0.0.1", "127.0.0.1"],
  ])("from %s are not those of %j", (one, other) => {
    const clock = new Clock();
    clock.guess(one, 20);
    clock.attempts.failed(one);
    expect(clock.attempts.wait(other)).toBe(0);
  });

  it("are no more for who has more networks than are remembered, and uses them in turn", () => {
    const clock = new Clock();
    let guesses = 0;
    for (let guess = 0; guess < 50_000; guess += 1) {
      const address = `2001:db8:1:${(guess % 5000).toString(16)}::1`;
      clock.seconds += 0.01;
      if (clock.attempts.wait(address) > 0) continue;
      clock.attempts.failed(address);
      guesses += 1;
    }
    // Five of each that is remembered, and then what waits leave; it was every one.
    expect(guesses).toBeLessThan(15_000);
    expect(clock.attempts.wait("127.0.0.1")).toBe(0);
    expect(clock.attempts.wait("")).toBe(0);
  });

  it("fill no memory, and keep nobody out but who made them, in whatever order they come", () => {
    const address = fc.integer({ min: 0, max: 1500 }).map((number) => `10.1.${number >> 8}.${number & 255}`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(address, fc.nat({ max: 5 })), { maxLength: 3000, size: "max" }),
        (guesses) => {
          const clock = new Clock();
          for (const [client, pause] of guesses) {
            clock.seconds += pause;
            clock.attempts.failed(client);
            expect(clock.attempts.wait(client)).toBeLessThanOrEqual(60);
          }
          // This machine's, and those of all that there is no room for.
          expect(clock.attempts.size).toBeLessThanOrEqual(1003);
          expect(clock.attempts.wait("127.0.0.1")).toBe(0);
          expect(clock.attempts.wait("")).toBe(0);
        },
      ),
      { seed, numRuns: 30 },
    );
  });
});
