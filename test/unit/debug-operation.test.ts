import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, unitAt } from "../../src/debug/columns.ts";
import { operationOf } from "../../src/debug/operation.ts";

/** The operation with its part of the expression. */
function operation(expression: string): string | null {
  const found = operationOf(expression);
  return found === null ? null : `${found.kind} ${expression.slice(found.start, found.end)}`;
}

describe("what an expression does at last", () => {
  it.each([
    ["a + b * c", "binary +"],
    ["a * b + c // d", "binary +"],
    ["a - b - c(d - e)", "binary -"],
    ["(a + b) * c", "binary *"],
    ["-a * b", "binary *"],
    ["a ** -b", "binary **"],
    ["a << b | c", "binary |"],
    ['f"{a + b}" % c', "binary %"],
    ["await a @ b", "binary @"],
    ["a['x + y'][b + 1]", "subscript [b + 1]"],
    ["a.b(c, d=1)(*e)", "call (*e)"],
    ["a(\n  b, # +\n  c\n)", "call (\n  b, # +\n  c\n)"],
    ["None[0]", "subscript [0]"],
  ])("%j: %s", (expression, found) => {
    expect(operation(expression)).toBe(found);
  });

  it.each([
    "a",
    "a.b",
    "(a)",
    "[1]",
    "-a",
    "-a ** b",
    "~a[0]",
    "await a()",
    "not a + b",
    "a < b + c",
    "a and b + c",
    "a + b if c else d",
    "lambda: a + b",
    "a, b + c",
    "a = b + c",
    "(a + b",
    "a + b)",
    "f'{a + b}'",
    "",
  ])("none of these: %j", (expression) => {
    expect(operation(expression)).toBeNull();
  });

  it.each(["(", "a + ", "f'{", "-", "a.b"])(
    "is looked for in 200,000 characters of %j without end",
    (piece) => {
      const begun = performance.now();
      operationOf(piece.repeat(200_000 / piece.length));
      expect(performance.now() - begun).toBeLessThan(3000);
    },
  );

  it("is found in any text, or not", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab+-*/([{}])'\" \n.,=é#f\\".split("")) }), (text) => {
        const found = operationOf(text);
        expect(found === null || (found.start < found.end && found.end <= text.length)).toBe(true);
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});

describe("columns", () => {
  it("of Python are characters, beyond the first plane too", () => {
    expect([0, 1, 2, 3, 9].map((column) => unitAt("a\u{1F600}b", column))).toEqual([0, 1, 3, 4, 4]);
    expect(unitAt("ab", -1)).toBe(0);
  });

  it("of a terminal are two for wide characters", () => {
    expect(displayWidth("größe 名前 \u{1F600}")).toBe(13);
  });
});
