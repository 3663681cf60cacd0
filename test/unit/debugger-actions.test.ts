import { describe, expect, it } from "vitest";
import { debuggerActions, type DebuggerAtHand, type ReplayedAtHand } from "../../src/cli/debugger-actions.ts";
import type { ErrorRecord } from "../../src/debug/error-record.ts";
import type { RequestRecord } from "../../src/debug/request-record.ts";
import type { Debuggee } from "../../src/debuggee.ts";
import { errorModels, errorRecord, requestRecord } from "../support/error-models.ts";
import { until } from "../support/processes.ts";
import { replayed } from "../support/replay-answers.ts";

/** A process that holds frames; what it was asked is in `begun`. */
class Holder implements Debuggee {
  readonly pid = 7;
  readonly isGone: boolean;
  readonly begun: string[] = [];

  constructor(isGone = false) {
    this.isGone = isGone;
  }

  evaluate(): never {
    throw new Error("nobody asked for that");
  }

  complete(): never {
    throw new Error("nobody asked for that");
  }

  postMortem(frame: string): void {
    this.begun.push(frame);
  }
}

/** What the keys do with these errors, the newest first. */
function attend(
  errors: readonly ErrorRecord[],
  replay?: () => Promise<ReplayedAtHand>,
  requests: readonly RequestRecord[] = [],
  pin: string | null = "314-159-265",
) {
  const lines: string[] = [];
  const opened: string[] = [];
  const asked: number[] = [];
  const atHand: DebuggerAtHand = {
    errors: { list: () => errors },
    requests: { list: () => requests },
    replay: (request) => {
      asked.push(request);
      return replay?.() ?? Promise.resolve(replayed({ duration: 12.3 }));
    },
  };
  let links = 0;
  const server = {
    url: "http://localhost:8000",
    get unlocking() {
      return pin === null ? null : { pin, link: `http://localhost:8000/unlock#${(links += 1)}` };
    },
  };
  const output = { line: (text = "") => lines.push(text), paint: (text: string) => text, isTerminal: true };
  return {
    actions: debuggerActions(atHand, server, output, (page) => opened.push(page)),
    lines,
    opened,
    asked,
  };
}

describe("a key", () => {
  it("opens the page of the newest error", () => {
    const { actions, opened } = attend([errorRecord(null, { id: 3 }), errorRecord(null, { id: 2 })]);
    actions.page();
    expect(opened).toEqual(["http://localhost:8000/__highball__/errors/3"]);
  });

  it("says so where there was no error", () => {
    const { actions, lines, opened } = attend([]);
    actions.page();
    actions.pdb();
    actions.replay();
    expect(lines).toEqual(["  There was no error.", "  There was no error.", "  No request has failed."]);
    expect(opened).toEqual([]);
  });

  it("begins pdb at the innermost frame of the newest error that somebody holds", () => {
    const [gone, here, older] = [new Holder(true), new Holder(), new Holder()];
    const { actions, lines } = attend([
      errorRecord(errorModels.plain, { debuggee: gone }),
      errorRecord(null, { debuggee: here }),
      errorRecord(errorModels.plain, { debuggee: null }),
      errorRecord(errorModels.plain, { debuggee: here }),
      errorRecord(errorModels.plain, { debuggee: older }),
    ]);
    actions.pdb();
    const innermost = errorModels.plain.exception.frames.findLast(({ id }) => id !== "")?.id;
    expect(innermost).toBeDefined();
    expect(here.begun).toEqual([innermost]);
    expect([...gone.begun, ...older.begun, ...lines]).toEqual([]);
  });

  it("says what to do where the frames are gone", () => {
    const { actions, lines } = attend([errorRecord(errorModels.plain, { debuggee: new Holder(true) })]);
    actions.pdb();
    expect(lines).toEqual(["  No process holds the frames of an error any more: e sends the request again."]);
  });

  it("shows the PIN, and a new link each time: the one before may be used, or out of sight", () => {
    const { actions, lines } = attend([]);
    actions.unlock();
    actions.unlock();
    const shown = lines.join("\n");
    expect(shown).toContain("PIN 314-159-265");
    expect(shown.match(/unlock#\d/g)).toEqual(["unlock#1", "unlock#2"]);
  });

  it("says where no browser has to be unlocked", () => {
    const { actions, lines } = attend([], undefined, [], null);
    actions.unlock();
    expect(lines).toEqual(["  No PIN is asked for: the debugger is open to this machine."]);
  });

  it("sends the request that failed last again, and says what came of it", async () => {
    const request = requestRecord({ id: 4, method: "POST", target: "/pay\u001B[2J" });
    const { actions, lines, asked } = attend([
      errorRecord(null, { place: "thread", request: null }),
      errorRecord(null, { request }),
      errorRecord(),
    ]);
    actions.replay();
    await until(() => lines.length > 0);
    expect(asked).toEqual([4]);
    expect(lines).toEqual(["  POST /pay\\x1B[2J → 200 in 12 ms, application/json, 31 bytes"]);
  });

  it("sends one again that failed since the code could not be loaded", () => {
    const requests = [
      requestRecord({ id: 6, error: null }),
      requestRecord({ id: 5, error: 2 }),
      requestRecord({ id: 4, error: 1 }),
    ];
    const load = errorRecord(null, { place: "load", request: null });
    const { actions, asked } = attend([load, errorRecord()], undefined, requests);
    actions.replay();
    expect(asked).toEqual([5]);
  });

  it("says why that cannot be", async () => {
    const { actions, lines } = attend([errorRecord()], () => Promise.reject(new Error("nobody answers")));
    actions.replay();
    await until(() => lines.length > 0);
    expect(lines[0]).toMatch(/ could not be sent again: nobody answers$/);
  });
});
