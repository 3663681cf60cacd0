import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FoldOptions,
  type FrameEntry,
  describeFold,
  foldFrames,
  mainFrame,
  packageOf,
} from "../../src/debug/fold.ts";
import type { FrameModel } from "../../src/error-model.ts";
import {
  dividing,
  errorModels,
  flaskFrames,
  frame,
  libraryFrame,
  standardFrame,
} from "../support/error-models.ts";

/** Entries in short: functions, and what folds say. */
function shown(frames: readonly FrameModel[], options?: FoldOptions): readonly string[] {
  return foldFrames(frames, options).map((entry) => named(entry) + repetition(entry));
}

function named(entry: FrameEntry): string {
  return entry.kind === "frame" ? entry.frame.function : `[${describeFold(entry)}]`;
}

function repetition({ repeated }: FrameEntry): string {
  return repeated === null ? "" : ` (last ${repeated.length} ${repeated.times} times more)`;
}

describe("folding frames", () => {
  it("folds a library's and keeps the application's", () => {
    expect(shown(flaskFrames)).toEqual(["[3 frames of flask, werkzeug]", "pay", "Cart.share"]);
  });

  it("folds between the application's own", () => {
    const frames = [frame(), libraryFrame(), standardFrame(), dividing];
    expect(shown(frames)).toEqual(["total", "[2 frames of flask, threading]", "Cart.share"]);
  });

  it("always shows where it was raised", () => {
    const inner = libraryFrame({ module: "sqlalchemy.engine", function: "execute" });
    expect(shown([dividing, libraryFrame(), inner])).toEqual(["Cart.share", "[1 frame of flask]", "execute"]);
  });

  it("shows the last three where none is the application's", () => {
    expect(shown(errorModels.libraryOnly.exception.frames)).toEqual([
      "[2 frames of flask]",
      "dispatch_request",
      "Thread.run",
      "dispatch_request",
    ]);
  });

  it("leaves out what hides itself, unless asked", () => {
    const { frames } = errorModels.hidden.exception;
    expect(shown(frames)).toEqual(["Cart.share"]);
    expect(shown(frames, { showsHidden: true })).toEqual([
      "[1 frame of flask]",
      "secret_helper",
      "Cart.share",
      "raise_it",
    ]);
  });

  it("shows everything where everything hides itself", () => {
    expect(shown([frame({ hidden: true })])).toEqual(["total"]);
  });

  it("unfolds when asked", () => {
    expect(shown(flaskFrames, { unfolds: true })).toHaveLength(flaskFrames.length);
  });

  it("says after a cycle how often it came", () => {
    expect(shown(errorModels.recursion.exception.frames)).toEqual([
      "[1 frame of flask]",
      "even",
      "odd (last 2 480 times more)",
      "even",
    ]);
  });

  it("counts in a fold what a library repeats", () => {
    const frames = [libraryFrame({ recursion: { length: 2, times: 10 } }), libraryFrame(), frame()];
    expect(shown(frames)).toEqual(["[22 frames of flask] (last 2 10 times more)", "total"]);
  });

  it("ends a cycle with its last frame that is shown", () => {
    const cycle = frame({ function: "walk", recursion: { length: 2, times: 9 } });
    const helper = frame({ hidden: true });
    expect(shown([cycle, helper, dividing])).toEqual(["walk (last 2 9 times more)", "Cart.share"]);
    expect(shown([dividing, { ...cycle, hidden: true }, helper, frame()])).toEqual(["Cart.share", "total"]);
  });

  it("keeps every visible frame, in order, once", () => {
    const frames = fc.array(
      fc.record({ owner: fc.constantFrom("application", "library", "standard"), hidden: fc.boolean() }),
    );
    fc.assert(
      fc.property(frames, (described) => {
        const all = described.map((each, line) => frame({ ...each, line }));
        const entries = foldFrames(all);
        const kept = entries.flatMap((entry) => (entry.kind === "frame" ? [entry] : entry.frames));
        const hides = all.some(({ hidden }) => !hidden);
        expect(kept.map(({ frame: { line } }) => line)).toEqual(
          all.filter(({ hidden }) => !hides || !hidden).map(({ line }) => line),
        );
        for (const { frame: each, index } of kept) expect(all[index]).toBe(each);
        expect(entries.at(-1)?.kind ?? "frame").toBe("frame");
      }),
      { seed: 4 },
    );
  });
});

describe("the frame to look at first", () => {
  it("is the innermost of the application's", () => {
    expect(mainFrame([...flaskFrames, libraryFrame()])).toBe(dividing);
  });

  it("is the innermost where none is the application's", () => {
    const { frames } = errorModels.libraryOnly.exception;
    expect(mainFrame(frames)).toBe(frames.at(-1));
    expect(mainFrame([])).toBeNull();
  });

  it("is one that recurs, where a recursion has used up the stack", () => {
    const walk = frame({ function: "walk", recursion: { length: 2, times: 480 } });
    const next = frame({ function: "next" });
    const helper = frame({ function: "connect" });
    expect(mainFrame([...flaskFrames, walk, next, helper])).toBe(next);
    expect(mainFrame([walk, libraryFrame(), helper])).toBe(walk);
    const shallow = { ...walk, recursion: { length: 2, times: 9 } };
    expect(mainFrame([shallow, next, helper])).toBe(helper);
    const libraryRecurs = libraryFrame({ recursion: { length: 1, times: 480 } });
    expect(mainFrame([frame(), libraryRecurs, helper])).toBe(helper);
  });
});

describe("whose frame it is", () => {
  it.each([
    ["flask.app", "/x/site-packages/flask/app.py", "flask"],
    ["", "/x/site-packages/yaml/__init__.py", "yaml"],
    ["__main__", "/usr/lib/python3/dist-packages/tool.py", "tool"],
    ["", "/usr/lib/python3.12/threading.py", "threading"],
    ["", "<frozen runpy>", "<frozen runpy>"],
  ])("module %j of %s is of %s", (module, file, name) => {
    expect(packageOf(libraryFrame({ module, file }))).toBe(name);
  });
});
