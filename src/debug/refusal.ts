/** Why something is not done, for whoever asked: a program matches on the code, people read the rest. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 405 | 409 | 413 | 415 | 500 | 502 | 504;
  readonly code: RefusalCode;
  /** What happened, one sentence. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** Of 405: the methods that there are. */
  readonly allow?: string;
}

export type RefusalCode =
  | "FORBIDDEN"
  | "LOCKED"
  | "EVALUATION_OFF"
  | "BAD_REQUEST"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "GONE"
  | "IN_USE"
  | "TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "REPLAY_FAILED"
  | "UNANSWERED"
  | "FAILED";

export function forbidden(message: string, hint: string): Refusal {
  return { status: 403, code: "FORBIDDEN", message, hint };
}

export function badRequest(message: string, hint: string): Refusal {
  return { status: 400, code: "BAD_REQUEST", message, hint };
}

export function notFound(message: string, hint: string): Refusal {
  return { status: 404, code: "NOT_FOUND", message, hint };
}
