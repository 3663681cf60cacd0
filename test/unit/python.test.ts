/** The worker's own tests, written in Python, with every interpreter this machine has. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, it } from "vitest";
import { repository } from "../support/environment.ts";
import { interpreters } from "../support/interpreters.ts";

const run = promisify(execFile);

describe("the Python side of the worker", () => {
  for (const { name, path, missing } of interpreters()) {
    it.concurrent(`passes its own tests with ${name}`, { timeout: 240_000 }, async ({ expect, skip }) => {
      if (path === null) {
        skip(missing);
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
