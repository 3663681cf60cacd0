/** What is asked of a worker about its frames, as frames of the protocol. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  encodeFrame,
  EVALUATE,
  EVALUATED,
  FrameReader,
  INTERRUPT,
  POSTMORTEM,
  SUGGEST,
  SUGGESTED,
} from "../../src/worker/protocol.ts";
import { WorkerDebuggee } from "../../src/worker/worker-debuggee.ts";

interface Said {
  readonly type: number;
  readonly id: number;
  readonly payload: string;
}

let said: Said[];
let debuggee: WorkerDebuggee;

beforeEach(() => {
  said = [];
  const reader = new FrameReader((type, _flags, id, chunk, start, end) =>
    said.push({ type, id, payload: chunk.toString("utf8", start, end) }),
  );
  debuggee = new WorkerDebuggee(
    () => 77,
    (frame) => reader.feed(frame),
  );
});

function answers(type: number, id: number, answer: unknown): void {
  const bytes = encodeFrame(type, 0, id, Buffer.from(JSON.stringify(answer)));
  new FrameReader((kind, _flags, number, chunk, start, end) =>
    debuggee.hear(kind, number, chunk.subarray(start, end)),
  ).feed(bytes);
}

const done = (output: string): unknown => ({ status: "done", output, value: null, shown: [], error: null });

describe("a worker that does not answer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is not waited for for ever: what runs there may let no other thread run", async () => {
    const { result } = debuggee.evaluate("f1", "9**9**8");
    const names = debuggee.complete("f1", "o");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await names).toEqual([]);
    await vi.advanceTimersByTimeAsync(34_000);
    const waiting = Symbol("waiting");
    expect(await Promise.race([result, Promise.resolve(waiting)])).toBe(waiting);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await result).toEqual({ status: "unanswered", seconds: 40 });
    answers(EVALUATED, 1, done("late")); // nobody waits for it any more
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a worker that is asked", () => {
  it("answers each question with what belongs to it, in any order", async () => {
    const first = debuggee.evaluate("f1", "a");
    const names = debuggee.complete("console", "o");
    const second = debuggee.evaluate("f2", "é");
    expect(said).toEqual([
      { type: EVALUATE, id: 1, payload: '{"frame":"f1","code":"a"}' },
      { type: SUGGEST, id: 2, payload: '{"frame":"console","code":"o"}' },
      { type: EVALUATE, id: 3, payload: '{"frame":"f2","code":"é"}' },
    ]);
    answers(EVALUATED, 3, done("second"));
    answers(SUGGESTED, 2, ["os"]);
    answers(EVALUATED, 1, done("first"));
    expect(await first.result).toEqual(done("first"));
    expect(await second.result).toEqual(done("second"));
    expect(await names).toEqual(["os"]);
  });

  it("is interrupted as long as it has not answered", async () => {
    const evaluating = debuggee.evaluate("f1", "while True: pass");
    evaluating.interrupt();
    expect(said.at(-1)).toEqual({ type: INTERRUPT, id: 1, payload: "" });
    answers(EVALUATED, 1, done(""));
    await evaluating.result;
    evaluating.interrupt();
    expect(said).toHaveLength(2);
  });

  it("opens a debugger on the terminal, as long as it is there", () => {
    debuggee.postMortem("f1");
    debuggee.end();
    debuggee.postMortem("f1");
    expect(said).toEqual([{ type: POSTMORTEM, id: 0, payload: '{"frame":"f1"}' }]);
  });

  it("may say what nobody has asked, and what cannot be read", async () => {
    const { result } = debuggee.evaluate("f1", "a");
    answers(EVALUATED, 9, done(""));
    answers(SUGGESTED, 1, ["a"]);
    answers(EVALUATED, 1, { status: "done" });
    expect(await result).toMatchObject({ status: "gone" });
  });
});

describe("a worker that ends", () => {
  it("has no answer to what is open", async () => {
    const { result } = debuggee.evaluate("f1", "a");
    const names = debuggee.complete("f1", "a");
    debuggee.end();
    expect(await result).toMatchObject({ status: "gone" });
    expect(await names).toEqual([]);
  });

  it("is asked no more once it was told to quit, but may finish what it was asked", async () => {
    const open = debuggee.evaluate("f1", "a");
    debuggee.leave();
    expect(debuggee.isGone).toBe(true);
    expect(await debuggee.evaluate("f1", "b").result).toMatchObject({ status: "gone" });
    expect(await debuggee.complete("f1", "b")).toEqual([]);
    expect(said).toHaveLength(1);
    answers(EVALUATED, 1, done("late"));
    expect(await open.result).toEqual(done("late"));
  });
});
