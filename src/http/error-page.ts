import { STATUS_CODES } from "node:http";
import type { Failure } from "../application.ts";
import { dateLine } from "./response-head.ts";

/** An answer that the gateway gives itself. */
export interface GatewayAnswer {
  readonly status: number;
  /** One sentence for the client. */
  readonly reason: string;
  readonly retryAfter?: number;
  /** Text under the sentence: a traceback, in development. */
  readonly detail?: string;
}

/** An answer as it goes out. */
export interface RenderedAnswer {
  /** Head and body; every character is one byte (latin-1). */
  readonly text: string;
  /** Bytes of the body in it. */
  readonly bytes: number;
}

/** Makes an answer ready for the wire. */
export function renderAnswer(
  answer: GatewayAnswer,
  options: { readonly keepAlive: boolean; readonly withBody: boolean },
): RenderedAnswer {
  const title = `${answer.status} ${STATUS_CODES[answer.status] ?? "Error"}`;
  const detail = answer.detail === undefined ? "" : `\n${answer.detail}`;
  const body = Buffer.from(`${title}\n\n${answer.reason}\n${detail}`).toString("latin1");
  const text =
    `HTTP/1.1 ${title}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
    // The text may quote what the client sent: never to be guessed into HTML, never to be kept.
    `X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n` +
    (answer.retryAfter === undefined ? "" : `Retry-After: ${answer.retryAfter}\r\n`) +
    `Server: highball\r\n${dateLine()}Connection: ${options.keepAlive ? "keep-alive" : "close"}\r\n\r\n` +
    (options.withBody ? body : "");
  return { text, bytes: options.withBody ? body.length : 0 };
}

/** What a client is told when its request got no response from the application. */
export function answerTo(failure: Failure, showTraceback: boolean): GatewayAnswer {
  switch (failure.kind) {
    case "raised": {
      const reason = "The application raised an error; its log has the traceback.";
      return { status: 500, reason, ...(showTraceback ? { detail: failure.traceback } : {}) };
    }
    case "invalid-response": {
      const reason = "The application gave a response that cannot be sent; its log says why.";
      return { status: 500, reason, ...(showTraceback ? { detail: failure.message } : {}) };
    }
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
    case "load-failed": {
      // 500 and no 503 (RFC 9110 §15.6): time alone mends nothing here, so no client should try again.
      const { message, hint, traceback } = failure.problem;
      const detail = [message, hint, traceback].filter((part) => part !== "").join("\n\n");
      const reason = "The application cannot be loaded; the terminal of the server says why.";
      return { status: 500, reason, ...(showTraceback ? { detail } : {}) };
    }
  }
}
