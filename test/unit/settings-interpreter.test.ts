import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findInterpreter } from "../../src/settings/interpreter.ts";
import { makeFolder } from "../support/folder.ts";
import { failureOf } from "../support/resolve.ts";

/** A file that may be run; it never is. */
function program(...path: string[]): string {
  const file = join(...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "#!/bin/false\n");
  chmodSync(file, 0o755);
  return file;
}

const settings = (chdir: string, python: string | null = null, application = "app.py") => ({
  chdir,
  python,
  application,
});

describe("the interpreter", () => {
  it("is the one that --python names, by path or by name", () => {
    const folder = makeFolder();
    const named = program(folder, "bin/python3.12");
    program(folder, ".venv/bin/python");
    const environment = { PATH: join(folder, "bin") };
    expect(findInterpreter(settings(folder, named), {})).toEqual({ path: named, origin: "--python" });
    expect(findInterpreter(settings(folder, "python3.12"), environment).path).toBe(named);
  });

  it("is then the active virtual environment's", () => {
    const folder = makeFolder();
    const active = program(folder, "active/bin/python");
    program(folder, ".venv/bin/python");
    const found = findInterpreter(settings(folder), { VIRTUAL_ENV: join(folder, "active") });
    expect(found).toEqual({ path: active, origin: "VIRTUAL_ENV" });
  });

  it("is then .venv, or venv, in the application's folder", () => {
    const folder = makeFolder();
    const venv = program(folder, "venv/bin/python");
    expect(findInterpreter(settings(folder), {})).toEqual({ path: venv, origin: "venv" });
    const hidden = program(folder, ".venv/bin/python");
    expect(findInterpreter(settings(folder), {})).toEqual({ path: hidden, origin: ".venv" });
  });

  it("is found beside an application that is named by its file or folder", () => {
    const folder = makeFolder({ "site/app.py": "" });
    const beside = program(folder, "site/.venv/bin/python");
    for (const application of ["site", "site/app.py", "site/app.py:create_app()"]) {
      expect(findInterpreter(settings(folder, null, application), {}).path).toBe(beside);
    }
  });

  it("is found at the top of the project, and not above it", async () => {
    const folder = makeFolder({ "project/pyproject.toml": "", "project/src/app.py": "" });
    program(folder, ".venv/bin/python");
    const inside = settings(join(folder, "project/src"));
    expect((await failureOf(() => findInterpreter(inside, {}))).code).toBe("PYTHON_NOT_FOUND");
    const top = program(folder, "project/.venv/bin/python");
    expect(findInterpreter(inside, {}).path).toBe(top);
  });

  it("is not taken from a parent of a folder that is in no project", async () => {
    const folder = makeFolder({ "loose/app.py": "" });
    program(folder, ".venv/bin/python");
    const error = await failureOf(() => findInterpreter(settings(join(folder, "loose")), {}));
    expect(error.code).toBe("PYTHON_NOT_FOUND");
  });

  it("is then python3, then python, on PATH", () => {
    const folder = makeFolder();
    const python = program(folder, "a/python");
    const environment = { PATH: `${join(folder, "a")}:${join(folder, "b")}` };
    expect(findInterpreter(settings(folder), environment)).toEqual({ path: python, origin: "PATH" });
    const python3 = program(folder, "b/python3");
    expect(findInterpreter(settings(folder), environment).path).toBe(python3);
  });

  it("keeps the place of its link, by which Python knows its virtual environment", () => {
    const folder = makeFolder();
    const real = program(folder, "opt/python3.12");
    mkdirSync(join(folder, ".venv/bin"), { recursive: true });
    symlinkSync(real, join(folder, ".venv/bin/python"));
    expect(findInterpreter(settings(folder), {}).path).toBe(join(folder, ".venv/bin/python"));
  });

  it("is not one that cannot be run", () => {
    const folder = makeFolder({ ".venv/bin/python": "" });
    mkdirSync(join(folder, "venv/bin"), { recursive: true });
    symlinkSync("/nowhere/python", join(folder, "venv/bin/python"));
    const good = program(folder, "bin/python3");
    expect(findInterpreter(settings(folder), { PATH: join(folder, "bin") }).path).toBe(good);
  });

  it("is missed with everything that was looked at", async () => {
    const folder = makeFolder({ ".venv/bin/python": "" });
    const environment = { VIRTUAL_ENV: "/gone", PATH: "/nowhere" };
    const error = await failureOf(() => findInterpreter(settings(folder), environment));
    expect(error).toMatchObject({ code: "PYTHON_NOT_FOUND", exitCode: 1 });
    expect(error.hint).toContain("/gone/bin/python (VIRTUAL_ENV): there is no such file");
    expect(error.hint).toContain(`${folder}/.venv/bin/python (.venv): it may not be executed`);
    expect(error.hint).toContain("python3 and python on PATH: /nowhere");
    expect(error.hint).toContain("python3 -m venv .venv");
  });

  it("is missed by its name when --python names none", async () => {
    const folder = makeFolder();
    const byName = await failureOf(() => findInterpreter(settings(folder, "python9"), { PATH: "/nowhere" }));
    expect(byName.message).toBe('Cannot run the interpreter "python9": there is no such command on PATH.');
    const byPath = await failureOf(() => findInterpreter(settings(folder, `${folder}/x`), {}));
    expect(byPath.message).toContain("there is no such file");
    const isFolder = await failureOf(() => findInterpreter(settings(folder, folder), {}));
    expect(isFolder.message).toContain("it is not a file");
  });
});
