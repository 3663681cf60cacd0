import { describe, expect, it } from "vitest";
import { renderSource } from "../../src/debug/page/source.ts";

const lines = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);

function shown(mark: Parameters<typeof renderSource>[1]): (string | undefined)[] {
  const { text } = renderSource({ first: 1, lines }, mark, "app.py", "Source");
  return [...text.matchAll(/data-line="(\d+)"/g)].map(([, number]) => number);
}

describe("source on the page", () => {
  it("is a few lines around the one that was running, so that the variables are in sight", () => {
    const numbers = shown({ line: 20, range: null });
    expect([numbers.at(0), numbers.at(-1)]).toEqual(["12", "25"]);
  });

  it("has all lines of what was running", () => {
    const range = { startLine: 10, startColumn: 0, endLine: 30, endColumn: 4 };
    const numbers = shown({ line: 10, range });
    expect([numbers.at(0), numbers.at(-1)]).toEqual(["2", "35"]);
  });
});
