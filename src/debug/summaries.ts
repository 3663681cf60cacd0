import type { ErrorPlace } from "./error-record.ts";

/** A line of code. */
export interface CodePlace {
  readonly file: string;
  readonly line: number;
  /** Empty where none runs, as in a SyntaxError. */
  readonly function: string;
}

/** An error, as the list of the API has it (`GET errors`). Secrets are masked. */
export interface ErrorSummary {
  readonly id: number;
  readonly at: number;
  readonly place: ErrorPlace;
  readonly title: string;
  readonly request: { readonly method: string; readonly target: string } | null;
  /** Where to look first: in the application's own code, if any of it ran. */
  readonly where: CodePlace | null;
  /** 0 if there was no process. */
  readonly pid: number;
  /** Nobody holds its frames any more. */
  readonly isGone: boolean;
}

/** A request, as the list of the API has it (`GET requests`). Secrets are masked. */
export interface RequestSummary {
  readonly id: number;
  readonly at: number;
  readonly method: string;
  readonly target: string;
  readonly status: number | null;
  readonly duration: number | null;
  readonly error: number | null;
  readonly replayOf: number | null;
}
