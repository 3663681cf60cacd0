import { describe, expect, it } from "vitest";
import { isIgnoredFile, isIgnoredFolder } from "../../src/reload/ignore-names.ts";
import { roleOf } from "../../src/reload/roles.ts";

describe("what a file is by its name", () => {
  const cases = {
    code: ["/p/app.py", "/p/templates/tags.py"],
    page: [
      "/p/a.html",
      "/p/a.HTM",
      "/p/a.jinja2",
      "/p/a.j2",
      "/p/a.mako",
      "/p/a.djhtml",
      "/p/static/logo.svg",
    ],
    style: ["/p/a.css", "/p/a.scss", "/p/a.less"],
    script: ["/p/a.js", "/p/a.mjs", "/p/a.ts", "/p/a.vue"],
    environment: [
      "/p/requirements.txt",
      "/p/requirements-dev.in",
      "/p/requirements/base.txt",
      "/p/Pipfile.lock",
      "/p/uv.lock",
    ],
    other: [
      "/p/README.md",
      "/p/notes.txt",
      "/p/a.pyi",
      "/p/data.json",
      "/p/Makefile",
      "/p/a.so",
      "/p/package-lock.json",
    ],
  };
  for (const [role, paths] of Object.entries(cases)) {
    for (const path of paths) {
      it(`${path} is ${role}`, () => {
        expect(roleOf(path)).toBe(role);
      });
    }
  }

  it("text in a folder of templates is shown", () => {
    expect(roleOf("/p/app/templates/mail/welcome.txt")).toBe("page");
    expect(roleOf("/p/app/templates.txt")).toBe("other");
  });
});

describe("what nobody edits", () => {
  it("is known by its name", () => {
    const ignored = [
      "a.pyc",
      "a.pyo",
      ".a.py.swp",
      "4913",
      "a~",
      "#a#",
      ".#a",
      "sedQw12Er",
      "app.log",
      "db.sqlite3-wal",
    ];
    const kept = [
      "a.pyd",
      "4913.py",
      "sediment",
      "sedation.py",
      "#a",
      ".env",
      ".env.docker",
      "a.py",
      "catalog",
    ];
    expect([...ignored, ...kept].filter(isIgnoredFile)).toEqual(ignored);
    expect(isIgnoredFolder("node_modules")).toBe(true);
    expect(isIgnoredFolder("env")).toBe(false);
  });
});
