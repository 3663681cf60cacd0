import { describe, expect, it } from "vitest";
import { pastedCode, stepBack } from "../../src/debug/browser/console/editing.ts";

describe("code that is pasted into the console", () => {
  it("begins at the left, as it must to be run, and keeps its own indentation", () => {
    expect(pastedCode("\n    for i in range(2):\n        print(i)\n\n    print('after')\n")).toBe(
      "for i in range(2):\n    print(i)\n\nprint('after')\n",
    );
    expect(pastedCode("\tif True:\r\n\t\tpass")).toBe("if True:\n\tpass");
  });

  it("leaves the prompts of another console behind, and what that printed", () => {
    expect(pastedCode(">>> for i in range(2):\n...     print(i)\n...\n0\n1\n>>> i")).toBe(
      "for i in range(2):\n    print(i)\n\ni",
    );
  });

  it("is left as it is otherwise", () => {
    for (const code of ["total", "@cache\ndef f():\n\n    return 1\n", "a = 1\n    b", "x >>> 1", ""])
      expect(pastedCode(code)).toBe(code);
  });
});

it("Backspace takes an indentation back in one step, and nothing else", () => {
  expect(["        ", "def f():\n    ", "      ", "x   ", "", "\t"].map(stepBack)).toEqual([
    4, 4, 2, 0, 0, 0,
  ]);
});
