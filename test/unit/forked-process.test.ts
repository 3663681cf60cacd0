import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exitOf, ForkedProcess, type Forker } from "../../src/worker/forked-process.ts";
import { lastWords } from "../../src/worker/last-words.ts";
import type { Exit, LoadOptions, WorkerProcess } from "../../src/worker/process.ts";
import { Rendezvous } from "../../src/worker/rendezvous.ts";
import { type Invitation, Seat } from "../../src/worker/seat.ts";

const INVITATION: Invitation = { token: "t", path: "/p", ledger: "/l" };
const LOAD: LoadOptions = {
  target: "app",
  directory: "/srv",
  pythonPath: [],
  threads: 1,
  workers: 1,
  serverSoftware: "Highball",
  argv0: "highball",
  reloads: true,
  verbose: false,
  debugs: false,
  evaluates: false,
  shows: false,
};

class FakeForker implements Forker {
  readonly asked: ForkedProcess[] = [];
  readonly problems: string[] = [];
  fork(child: ForkedProcess): void {
    this.asked.push(child);
  }
  unreliable(problem: string): void {
    this.problems.push(problem);
  }
}

class ColdStart implements WorkerProcess {
  readonly startedAt = 0;
  readonly seat = null;
  readonly pid = 99;
  readonly invited: Invitation[] = [];
  readonly killed: NodeJS.Signals[] = [];
  readonly exited: Promise<Exit>;
  end: (exit: Exit) => void = () => {};
  constructor() {
    this.exited = new Promise((resolve) => {
      this.end = resolve;
    });
  }
  invite(invitation: Invitation): void {
    this.invited.push(invitation);
  }
  greeted(): void {}
  kill(signal: NodeJS.Signals): void {
    this.killed.push(signal);
  }
}

function scene(seat: Seat | null = null): {
  child: ForkedProcess;
  forker: FakeForker;
  cold: ColdStart;
  signals: [number, string][];
} {
  const signals: [number, string][] = [];
  vi.spyOn(process, "kill").mockImplementation((pid, signal) => {
    signals.push([pid, String(signal)]);
    return true;
  });
  const forker = new FakeForker();
  const cold = new ColdStart();
  return { child: new ForkedProcess(forker, LOAD, () => cold, seat), forker, cold, signals };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a process of the zygote's", () => {
  it("is forked when it is invited, and ends as wait(2) says", async () => {
    const { child, forker, cold } = scene();
    child.invite(INVITATION);
    expect(forker.asked).toEqual([child]);
    child.forked(7);
    child.greeted();
    await vi.advanceTimersByTimeAsync(10_000);
    child.ended(exitOf(9));
    expect([child.pid, await child.exited, cold.invited]).toEqual([7, { code: null, signal: "SIGKILL" }, []]);
  });

  it("that does not connect in time is killed, and a cold start takes its place", async () => {
    const { child, forker, cold, signals } = scene();
    child.invite(INVITATION);
    child.forked(7);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([signals, cold.invited, child.pid]).toEqual([[[7, "SIGKILL"]], [INVITATION], 99]);
    expect(forker.problems).toEqual(["it did not connect within 2 s"]);
    child.ended({ code: null, signal: "SIGKILL" });
    cold.end({ code: 0, signal: null });
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  it.each([
    ["cannot be forked", (child: ForkedProcess) => child.failed("no memory")],
    ["ends before it has connected", (child: ForkedProcess) => child.ended({ code: 1, signal: null })],
  ])("that %s is replaced", async (_, happens) => {
    const { child, cold } = scene();
    child.invite(INVITATION);
    happens(child);
    await lastWords();
    await lastWords();
    expect(cold.invited).toEqual([INVITATION]);
  });

  it("that ends before it is heard to have connected is not replaced", async () => {
    const { child, cold } = scene();
    child.invite(INVITATION);
    child.forked(7);
    child.ended({ code: 0, signal: null });
    child.greeted();
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(cold.invited).toEqual([]);
  });

  it("that had taken its seat, and was gone when it was to load, is replaced", () => {
    const { child, cold } = scene();
    child.invite(INVITATION);
    child.greeted();
    child.failed("no memory");
    expect(cold.invited).toEqual([INVITATION]);
  });

  it("that is never invited leaves its seat", async () => {
    const rendezvous = await Rendezvous.open();
    const seat = new Seat(rendezvous);
    const { child } = scene(seat);
    child.kill("SIGKILL");
    expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
    expect(existsSync(seat.invitation.ledger)).toBe(false);
    rendezvous.close();
  });

  it("that was killed before its number was known is killed when it is, and not replaced", async () => {
    const { child, cold, signals } = scene();
    child.invite(INVITATION);
    child.kill("SIGKILL");
    child.forked(7);
    child.ended({ code: null, signal: "SIGKILL" });
    expect([signals, cold.invited]).toEqual([[[7, "SIGKILL"]], []]);
    expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
  });
});

describe("a status as wait(2) gives it", () => {
  it.each([
    [0, { code: 0, signal: null }],
    [3 << 8, { code: 3, signal: null }],
    [11 | 0x80, { code: null, signal: "SIGSEGV" }],
  ])("%d", (status, exit) => {
    expect(exitOf(status)).toEqual(exit);
  });
});
