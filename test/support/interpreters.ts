/** The Python interpreters of this machine, for tests that must pass with each of them. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { python } from "./environment.ts";

/** Minor versions of CPython 3 that the worker supports. */
const OLDEST = 8;
const NEWEST = 14;

export interface Interpreter {
  readonly name: string;
  /** Path of the executable, or null with the reason in `missing`. */
  readonly path: string | null;
  readonly missing: string;
}

function onPath(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    // pyenv's shims exist for versions that are not selected, and then fail.
    if (folder !== "" && !folder.includes("shims") && existsSync(path)) return path;
  }
  return null;
}

function fromPyenv(minor: number): string | null {
  const versions = join(homedir(), ".pyenv", "versions");
  if (!existsSync(versions)) return null;
  for (const version of readdirSync(versions).toSorted()) {
    const path = join(versions, version, "bin", "python");
    if (version.startsWith(`3.${minor}.`) && existsSync(path)) return path;
  }
  return null;
}

/** The interpreter of the other tests, CPython 3.8 to 3.14 and PyPy 3: each once, found or not. */
export function interpreters(): Interpreter[] {
  const found: Interpreter[] = [{ name: "the interpreter of the other tests", path: python, missing: "" }];
  for (let minor = OLDEST; minor <= NEWEST; minor += 1) {
    const path = fromPyenv(minor) ?? onPath(`python3.${minor}`);
    found.push({ name: `CPython 3.${minor}`, path, missing: "not under ~/.pyenv/versions, nor on PATH" });
  }
  found.push({ name: "PyPy 3", path: onPath("pypy3"), missing: "no pypy3 on PATH" });
  const seen = new Set<string>();
  return found.filter(({ path }) => {
    const real = path === null || !existsSync(path) ? null : realpathSync(path);
    // A virtual environment is a link to its interpreter, but has packages that one has not.
    if (real === null || path === python) return true;
    if (seen.has(real)) return false;
    seen.add(real);
    return true;
  });
}
