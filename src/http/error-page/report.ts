import type { Failure } from "../../application.ts";
import { errorLine } from "./traceback.ts";

/** What a developer is shown of a failure, in whatever format. */
export interface ErrorReport {
  /** Of the catalogue of errors, or one of those of docs/reference/development.md. */
  readonly code: string;
  /** The error in a few words: `ZeroDivisionError: division by zero`. */
  readonly title: string;
  readonly message: string;
  /** What to type or to look at next; may be empty. */
  readonly hint: string;
  /** May be empty. */
  readonly traceback: string;
}

/** @param reason what any client is told */
export function reportOf(failure: Failure, reason: string): ErrorReport {
  switch (failure.kind) {
    case "load-failed": {
      const { code, message, hint, traceback } = failure.problem;
      return { code, title: errorLine(traceback) || message, message, hint, traceback };
    }
    case "raised": {
      const { traceback } = failure;
      const title = errorLine(traceback) || "The application raised an error";
      return { code: "APPLICATION_RAISED", title, message: title, hint: "", traceback };
    }
    case "invalid-response":
      return {
        code: "INVALID_RESPONSE",
        title: "The application gave a response that cannot be sent",
        message: failure.message,
        hint: "",
        traceback: "",
      };
    case "worker-died":
      return {
        code: "WORKER_DIED",
        title: "The worker process ended while it ran this request",
        message: `Worker ${failure.pid} ${failure.reason}.`,
        hint: "The terminal of the server has what it printed last.",
        traceback: "",
      };
    case "overloaded":
      return plain("OVERLOADED", "The server is busy", failure.reason);
    case "unavailable":
      return plain("UNAVAILABLE", reason, failure.reason);
  }
}

function plain(code: string, title: string, message: string): ErrorReport {
  return { code, title, message, hint: "", traceback: "" };
}
