/** Failures of an application, as they come where no worker describes them. */
import type { Failure, LoadFailure } from "../../src/application.ts";

/** The application has raised; only its traceback is known. */
export function raised(traceback: string): Extract<Failure, { kind: "raised" }> {
  return { kind: "raised", traceback, error: null, output: [], debuggee: null };
}

/** The code cannot be loaded. */
export function notLoaded(problem: Partial<LoadFailure>): Extract<Failure, { kind: "load-failed" }> {
  const nothing: LoadFailure = { code: "X", message: "", hint: "", traceback: "", error: null, output: [] };
  return { kind: "load-failed", problem: { ...nothing, ...problem } };
}
