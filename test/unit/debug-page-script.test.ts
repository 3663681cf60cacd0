/** The script of the debugger's pages, as it was built, and those of its parts that need no page. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { indentationAfter, insertionOf } from "../../src/debug/browser/console/editing.ts";
import { pageScript } from "../../src/debug/page/page-script.ts";

describe("the script as it is sent", () => {
  const script = pageScript() ?? "";

  it("was built, and stays below 40 kB compressed", () => {
    expect(script).toContain("highball");
    expect(gzipSync(script).length).toBeLessThan(40_000);
  });

  it("can stand in a script element, loads nothing and makes no code of text", () => {
    expect(script).not.toMatch(/<\/script|<!--/i);
    expect(script).not.toMatch(/\bimport\s*\(|\beval\s*\(|new Function|https?:\/\//);
  });
});

describe("a new line in the console", () => {
  it.each([
    ["x = 1", ""],
    ["for i in x:", "    "],
    ["for i in x:  # all", "    "],
    ["if a:\n    b", "    "],
    ["if a:\n    if b:", "        "],
    ["\tx", "\t"],
    ["", ""],
  ])("after %j is indented by %j", (before, indentation) => {
    expect(indentationAfter(before)).toBe(indentation);
  });
});

describe("a completion", () => {
  it.each([
    ["self.it", "items", "ems"],
    ["self.it", "self.items", "ems"],
    ["self.", "items", "items"],
    ["d['na", "name']", "me']"],
    ["import o", "os", "s"],
    ["x = pri", "print(", "nt("],
    ["", "abs", "abs"],
  ])("of %j by %j adds %j", (before, completion, added) => {
    expect(insertionOf(before, completion)).toBe(added);
  });
});
