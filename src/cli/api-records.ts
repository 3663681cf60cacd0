import type { ErrorRecord } from "../debug/error-record.ts";
import type { ReplayAnswer } from "../debug/replay-answer.ts";
import type { ErrorSummary, RequestSummary } from "../debug/summaries.ts";

/** What came of sending a request again. */
export interface Replay {
  readonly request: number;
  readonly status: number;
  readonly error: number | null;
  readonly duration: number;
  /** Null of a server that was started with an older version. */
  readonly answer: ReplayAnswer | null;
}

/** `{"errors": […]}`, oldest first: who reads a terminal reads its end. */
export function readErrors(json: string): readonly ErrorSummary[] {
  // A server that was started with an older version does not say where.
  type Told = Omit<ErrorSummary, "where"> & Partial<Pick<ErrorSummary, "where">>;
  const { errors } = JSON.parse(json) as { errors: readonly Told[] };
  return errors.map((error) => ({ ...error, where: error.where ?? null })).toReversed();
}

/** `{"requests": […]}`, oldest first. */
export function readRequests(json: string): readonly RequestSummary[] {
  return (JSON.parse(json) as { requests: readonly RequestSummary[] }).requests.toReversed();
}

/** What `POST requests/ID/replay` answers. */
export function readReplay(json: string): Replay {
  const replay = JSON.parse(json) as Omit<Replay, "answer"> & Partial<Pick<Replay, "answer">>;
  return { ...replay, answer: replay.answer ?? null };
}

/** A request, as the API tells it whole. */
export interface RequestDetails extends RequestSummary {
  readonly protocol: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null where it is no text, or was not kept. */
  readonly body: string | null;
  /** There is more of it. */
  readonly bodyIsCut: boolean;
  readonly bodySize: number;
  readonly remoteAddress: string;
}

/** `{"request": {…}}`. */
export function readRequest(json: string): RequestDetails {
  return (JSON.parse(json) as { request: RequestDetails }).request;
}

/** `{"error": {…}}`: what is kept, but who holds its frames, and the bytes of the request. */
export function readError(json: string): ErrorRecord {
  const { error } = JSON.parse(json) as { error: ErrorRecord };
  const { request } = error;
  return { ...error, debuggee: null, request: request === null ? null : { ...request, body: null } };
}
