import { describe, expect, it } from "vitest";
import { compileGlob, isGlob } from "../../src/reload/glob.ts";

/** Each: pattern, what it matches, what it does not. The project is /home/me/build/project. */
const cases: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
  // Without a slash: the name of anything below the project.
  ["build", ["build", "a/build", "a/build/deep/x.py"], ["builder", "a/x.py", "build.py"]],
  ["build/", ["build/x.py", "a/build/x.py"], ["builder/x.py"]],
  ["*.py", ["a.py", "a/b/c.py", ".hidden.py", "dir.py/inside.txt"], ["a.pyc", "a.py.txt"]],
  ["test_?.py", ["test_1.py", "a/test_x.py"], ["test_10.py", "test_.py"]],
  ["[ab].txt", ["a.txt", "x/b.txt"], ["c.txt"]],
  ["{one,two}.txt", ["one.txt", "a/two.txt"], ["three.txt"]],
  ["[id].txt", ["i.txt", "d.txt", "[id].txt"], ["id.txt"]],
  // With one: from the project.
  ["a/*.py", ["a/x.py", "a/pkg.py/inside"], ["x.py", "b/a/x.py", "a/b/x.py"]],
  ["./x.py", ["x.py", "x.py/inside"], ["a/x.py"]],
  ["a/**/x.py", ["a/x.py", "a/b/x.py", "a/b/c/x.py"], ["x.py", "b/a/x.py"]],
  ["**/x.py", ["x.py", "a/b/x.py"], ["a/x.pyc"]],
  ["a/**", ["a/x", "a/.b/c"], ["b/a/x"]],
  ["a/b", ["a/b", "a/b/c.py"], ["a/bc", "x/a/b"]],
  ["a b/ü*.py", ["a b/über.py"], ["a b/x.py"]],
  ["!a/x.py", ["!a/x.py"], ["a/x.py", "b.py"]],
];

const project = "/home/me/build/project";

describe("one syntax of patterns", () => {
  for (const [pattern, yes, no] of cases) {
    it(`"${pattern}"`, () => {
      const glob = compileGlob(pattern, [project]);
      expect([...yes, ...no].filter((path) => glob.matches(`${project}/${path}`))).toEqual(yes);
    });
  }

  it("from above the project, and absolute", () => {
    const above = compileGlob("../shared/*.py", [project]);
    expect(above.matches("/home/me/build/shared/a.py")).toBe(true);
    expect(above.matches("/home/me/build/shared/b/a.py")).toBe(false);
    expect(above.base).toBe("/home/me/build/shared");
    const absolute = compileGlob("/etc/app/**/*.ini", [project]);
    expect(absolute.matches("/etc/app/a/b.ini")).toBe(true);
    expect(absolute.matches(`${project}/etc/app/b.ini`)).toBe(false);
    expect(compileGlob("/etc/app", [project]).matches("/etc/app/x")).toBe(true);
  });

  it("a name is not looked for above the project, but everywhere outside", () => {
    const glob = compileGlob("build", [project]);
    expect(glob.matches(`${project}/x.py`)).toBe(false);
    expect(glob.matches("/home/me/build/other/x.py")).toBe(true);
  });

  it("of roots in one another the outermost counts", () => {
    const glob = compileGlob("lib", [`${project}/lib`, project]);
    expect(glob.matches(`${project}/lib/x.py`)).toBe(true);
  });

  it("the project's own name may hold what else is a pattern", () => {
    const glob = compileGlob("a/*.py", ["/home/[me]/{x}"]);
    expect(glob.matches("/home/[me]/{x}/a/x.py")).toBe(true);
    expect(glob.matches("/home/m/x/a/x.py")).toBe(false);
  });

  it("names are told from patterns", () => {
    const patterns = ["*.py", "a/**", "a?.py", "[ab].py", "{a,b}"];
    const names = ["a.py", "a/b", "a-b_c.py", "ü", "{a}", "a[b"];
    expect([...patterns, ...names].filter(isGlob)).toEqual(patterns);
  });
});
