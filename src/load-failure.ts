import type { LoadFailure } from "./application.ts";
import type { HighballError } from "./errors.ts";
import { LoadError } from "./worker/worker.ts";

/** What is told to requests, and kept for the developer, of an error that kept the code from loading. */
export function loadFailureOf(error: HighballError): LoadFailure {
  const { code, message, hint = "", traceback = "" } = error;
  const { error: model, output } =
    error instanceof LoadError ? error.circumstances : { error: null, output: [] };
  return { code, message, hint, traceback, error: model, output };
}
