import type { ErrorPlace } from "../debug/error-record.ts";

/** An error, as the list of the API has it. */
export interface ErrorSummary {
  readonly id: number;
  readonly at: number;
  readonly place: ErrorPlace;
  readonly title: string;
  readonly request: { readonly method: string; readonly target: string } | null;
  /** Nobody holds its frames any more. */
  readonly isGone: boolean;
}

/** A request, as the list of the API has it. */
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

/** What came of sending a request again. */
export interface Replay {
  readonly request: number;
  readonly status: number;
  readonly error: number | null;
  readonly duration: number;
}

/** `{"errors": […]}`, oldest first: who reads a terminal reads its end. */
export function readErrors(json: string): readonly ErrorSummary[] {
  return (JSON.parse(json) as { errors: readonly ErrorSummary[] }).errors.toReversed();
}

/** `{"requests": […]}`, oldest first. */
export function readRequests(json: string): readonly RequestSummary[] {
  return (JSON.parse(json) as { requests: readonly RequestSummary[] }).requests.toReversed();
}

/** What `POST requests/ID/replay` answers. */
export function readReplay(json: string): Replay {
  return JSON.parse(json) as Replay;
}
