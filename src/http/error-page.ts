import { STATUS_CODES } from "node:http";
import type { Failure } from "../application.ts";
import { preferredType } from "./accept.ts";
import { renderPage } from "./error-page/page.ts";
import { reportOf } from "./error-page/report.ts";
import { dateLine } from "./response-head.ts";

/** An answer that the gateway gives itself. */
export interface GatewayAnswer {
  readonly status: number;
  /** One sentence for the client. */
  readonly reason: string;
  readonly retryAfter?: number;
  /** Further header lines, each ended by CR LF. */
  readonly fields?: string;
  /** What is sent in place of the sentence. */
  readonly content?: AnswerContent;
  /** Not worth a line in the access log: nobody asked for it by hand. */
  readonly isRoutine?: true;
}

export interface AnswerContent {
  /** Media type, with its charset, which is UTF-8. */
  readonly type: string;
  readonly text: string;
  readonly cacheControl: string;
}

/** An answer as it goes out. */
export interface RenderedAnswer {
  /** Head and body; every character is one byte (latin-1). */
  readonly text: string;
  /** Bytes of the body in it. */
  readonly bytes: number;
}

/** The developer who may see what went wrong. */
export interface Audience {
  readonly method: string;
  readonly target: string;
  /** Host, or the authority of the target; null where there is none. */
  readonly host: string | null;
  readonly rawHeaders: readonly string[];
  /** Of the code; null where a page cannot hear of it, or must not be loaded again. */
  readonly version: string | null;
}

/** Makes an answer ready for the wire. */
export function renderAnswer(
  answer: GatewayAnswer,
  options: { readonly keepAlive: boolean; readonly withBody: boolean },
): RenderedAnswer {
  const title = titleOf(answer.status);
  const { type, text, cacheControl } = answer.content ?? plainText(`${title}\n\n${answer.reason}\n`);
  const body = Buffer.from(text).toString("latin1");
  // RFC 9110 §8.6: no Content-Length with 204.
  const about = answer.status === 204 ? "" : `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
  const head =
    `HTTP/1.1 ${title}\r\n${about}` +
    // The text may quote what the client sent: never to be guessed into HTML, never to be kept.
    `X-Content-Type-Options: nosniff\r\nCache-Control: ${cacheControl}\r\n` +
    (answer.retryAfter === undefined ? "" : `Retry-After: ${answer.retryAfter}\r\n`) +
    (answer.fields ?? "") +
    `Server: highball\r\n${dateLine()}Connection: ${options.keepAlive ? "keep-alive" : "close"}\r\n\r\n`;
  return options.withBody ? { text: head + body, bytes: body.length } : { text: head, bytes: 0 };
}

/**
 * What a client is told when its request got no response from the application.
 *
 * @param audience null for everybody who may only know that something went wrong
 */
export function answerTo(failure: Failure, audience: Audience | null): GatewayAnswer {
  const answer = sentenceFor(failure);
  if (audience === null) return answer;
  const report = reportOf(failure, answer.reason);
  const { code, message, hint, traceback } = report;
  const status = titleOf(answer.status);
  // RFC 9110 §12.5.5: a cache, which is told to keep nothing, would have to know.
  const fields = "Vary: Accept\r\n";
  // The first one is what clients get that do not say what they like.
  switch (preferredType(audience.rawHeaders, ["text/plain", "text/html", "application/json"])) {
    case "text/plain": {
      // Who reads a terminal reads the end first: the traceback, and in it the error, comes last.
      const known = failure.kind === "load-failed" ? [message, hint] : [answer.reason, hint];
      if (message !== report.title && !known.includes(message)) known.push(message);
      const parts = [status, ...known, traceback].filter((part) => part !== "");
      return { ...answer, fields, content: plainText(`${parts.join("\n\n").trimEnd()}\n`) };
    }
    case "application/json": {
      const text = `${JSON.stringify({ error: { code, message, hint, traceback } })}\n`;
      return { ...answer, fields, content: { type: "application/json", text, cacheControl: "no-store" } };
    }
    case "text/html": {
      const request = `${audience.method} ${audience.target}`;
      const { text, policy } = renderPage(report, { status, request, version: audience.version });
      return {
        ...answer,
        fields: `${fields}Content-Security-Policy: ${policy}\r\nReferrer-Policy: no-referrer\r\n`,
        content: { type: "text/html; charset=utf-8", text, cacheControl: "no-store" },
      };
    }
  }
}

/** What everybody may know. */
function sentenceFor(failure: Failure): GatewayAnswer {
  switch (failure.kind) {
    case "raised":
      return { status: 500, reason: "The application raised an error; its log has the traceback." };
    case "invalid-response":
      return {
        status: 500,
        reason: "The application gave a response that cannot be sent; its log says why.",
      };
    case "worker-died":
      return { status: 502, reason: "The worker process ended while it ran this request." };
    case "overloaded":
      return { status: 503, reason: "The server is busy; please try again.", retryAfter: failure.retryAfter };
    case "unavailable":
      return {
        status: 503,
        reason: "The server is going down or cannot run the application.",
        retryAfter: 5,
      };
    case "load-failed":
      // 500 and no 503 (RFC 9110 §15.6): time alone mends nothing here, so no client should try again.
      return {
        status: 500,
        reason: "The application cannot be loaded; the terminal of the server says why.",
      };
  }
}

function titleOf(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? "Error"}`;
}

function plainText(text: string): AnswerContent {
  return { type: "text/plain; charset=utf-8", text, cacheControl: "no-store" };
}
