import type { Debuggee } from "../debuggee.ts";
import type { Page } from "../http/error-page/page.ts";
import type { ErrorRecord } from "./error-record.ts";
import type { Refusal } from "./refusal.ts";
import type { ReplayAnswer } from "./replay-answer.ts";
import type { RequestRecord } from "./request-record.ts";

/** The errors that are kept. */
export interface ErrorSource {
  get(id: number): ErrorRecord | null;
  /** Newest first. */
  list(): readonly ErrorRecord[];
}

/** The requests that are kept. */
export interface RequestSource {
  get(id: number): RequestRecord | null;
  /** Newest first. */
  list(): readonly RequestRecord[];
}

/** Sends a kept request again. */
export interface Replayer {
  /** @throws Error where it got no response; its message is a sentence */
  replay(request: RequestRecord): Promise<Replayed>;
}

export interface Replayed {
  /** Of the new record. */
  readonly request: number;
  readonly status: number;
  /** Of the error that came of it. */
  readonly error: number | null;
  /** Milliseconds. */
  readonly duration: number;
  /** The response, as whoever asks would have got it. */
  readonly answer: ReplayAnswer;
}

/** The process that a console without an error asks; null while none serves. */
export type ConsoleSource = () => Debuggee | null;

/** The same as HTML. What is handed to it has its secrets masked. */
export interface Pages {
  renderErrorPage(record: ErrorRecord): Page;
  renderIndexPage(records: readonly ErrorRecord[]): Page;
  renderRequestsPage(requests: readonly RequestRecord[]): Page;
  renderRequestPage(request: RequestRecord): Page;
  renderConsolePage(): Page;
  renderUnlockPage(): Page;
  renderMissingPage(refusal: Refusal): Page;
}

/** The same as text. What is handed to it has its secrets masked. */
export interface Texts {
  renderText(record: ErrorRecord): string;
  renderMarkdown(record: ErrorRecord): string;
}
