import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { renderPlainTraceback } from "../../src/debug/render-plain.ts";
import type { ErrorModel } from "../../src/error-model.ts";
import { repository } from "../support/environment.ts";
import { error, errorModels, exception, frame, source } from "../support/error-models.ts";
import { interpreters } from "../support/interpreters.ts";

const run = promisify(execFile);

/** What tracebacks.py writes of an error. */
interface Written {
  readonly name: string;
  readonly model: ErrorModel;
  readonly traceback: string;
}

/** Python 3.8 draws the mark of a syntax error where a byte is, and not always below what it means. */
function isComparable({ name, model }: Written): boolean {
  return !(model.python.startsWith("Python 3.8.") && name.startsWith("broken"));
}

describe("a plain traceback", () => {
  for (const { name, path, missing } of interpreters()) {
    it(`is what Python prints, with ${name}`, { timeout: 60_000 }, async ({ skip }) => {
      if (path === null) {
        skip(missing);
        return;
      }
      const script = join(repository, "test", "support", "tracebacks.py");
      const arguments_ = ["-B", script, join(repository, "python")];
      const { stdout } = await run(path, arguments_, { maxBuffer: 2 ** 26 });
      const written = (JSON.parse(stdout) as readonly Written[]).filter(isComparable);
      const rendered = written.map((each) => [each.name, renderPlainTraceback(each.model)] as const);
      expect(written.length).toBeGreaterThan(30);
      expect(Object.fromEntries(rendered)).toEqual(
        Object.fromEntries(written.map((each) => [each.name, each.traceback])),
      );
    });
  }

  it("writes a cycle out as Python does, but not without end", () => {
    const short = renderPlainTraceback(errorModels.recursion);
    expect(short.match(/in even/g)).toHaveLength(482);
    const cycle = frame({ recursion: { length: 2, times: 1_000_000 } });
    const long = renderPlainTraceback(error({ frames: [cycle, frame({ function: "other" })] }));
    expect(long.split("\n")).toEqual([
      "Traceback (most recent call last):",
      '  File "/home/me/shop/shop/cart.py", line 3, in total',
      '  File "/home/me/shop/shop/cart.py", line 3, in other',
      "  [Previous 2 frames repeated 1000000 more times]",
      "ValueError: not a number",
      "",
    ]);
  });

  it("says what was left out", () => {
    expect(renderPlainTraceback(errorModels.cut)).toContain(
      "\n  [740 frames in the middle were left out.]\n",
    );
  });

  it("shows fifteen members of a group", () => {
    const members = Array.from({ length: 17 }, (_, index) => exception({ message: String(index) }));
    const text = renderPlainTraceback(error({ type: "ExceptionGroup", message: "many", members }));
    expect(text).toContain("    | ValueError: 14\n    +---------------- ... ----------------\n");
    expect(text).toContain("    | and 2 more exceptions\n    +------------------------------------\n");
  });

  it("ends within groups of any depth", () => {
    let group = exception({ members: [exception()] });
    for (let depth = 0; depth < 20; depth++) group = exception({ members: [group] });
    expect(renderPlainTraceback(error(group))).toContain("| ... (max_group_depth is 10)\n");
  });

  it("bears lines and columns that do not fit", () => {
    const range = { startLine: 3, startColumn: 90, endLine: 2, endColumn: -5 };
    const frames = [
      frame({ range, source: source(3, "x") }),
      frame({ line: 9, source: source(3, "x") }),
      frame({ line: 0, source: source(1, "x") }),
    ];
    const syntax = { file: "", line: 1, columns: [-3, 1e9], source: source(1, "  x") } as const;
    expect(renderPlainTraceback(error({ frames, syntax })).length).toBeLessThan(1000);
  });
});
