/** The worker's own tests, written in Python, with every interpreter this machine has. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { python, repository } from "../support/environment.ts";

const run = promisify(execFile);

const OLDEST = 8;
const NEWEST = 14;

interface Interpreter {
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

function interpreters(): Interpreter[] {
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

describe("the Python side of the worker", () => {
  for (const { name, path, missing } of interpreters()) {
    it(`passes its own tests with ${name}`, { timeout: 120_000 }, async (context) => {
      if (path === null) {
        context.skip(missing);
        return;
      }
      const tests = ["-B", "-W", "error", "-m", "unittest", "discover", "-s", "test/python"];
      const { stdout, stderr } = await run(path, tests, { cwd: repository }).catch((error: unknown) => {
        // What unittest wrote says more than the exit status does.
        const written = error instanceof Error && "stderr" in error ? error.stderr : error;
        throw new Error(String(written), { cause: error });
      });
      // unittest writes to standard error, and calls a run without a single test a success.
      expect(stdout + stderr).toMatch(/\nRan [1-9]\d* tests? in [\s\S]*\nOK/);
    });
  }
});
