/**
 * How much of a response has come: all of it; it broke off, as when the application raises in the middle; or it
 * went on, and was waited for no longer.
 */
export type AnswerEnd = "whole" | "broken" | "unfinished";

/** What a request that was sent again was answered with. */
export interface ReplayAnswer {
  readonly status: number;
  /** `Not Found`; may be empty. */
  readonly reason: string;
  /** As they came, secrets too: they leave this process masked. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Value of Content-Type; empty where there is none. */
  readonly contentType: string;
  /** Value of Content-Encoding in lower case; empty where the body came as it is. */
  readonly contentCoding: string;
  /** The beginning of it, decoded; null where it is no text, or is coded in a way that is not known here. */
  readonly body: string | null;
  /** There is more of the text than `body` has. */
  readonly bodyIsCut: boolean;
  /** Bytes that came, coded as they were. */
  readonly bodySize: number;
  readonly end: AnswerEnd;
}
