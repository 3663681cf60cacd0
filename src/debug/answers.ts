import type { GatewayAnswer } from "../http/error-page.ts";
import type { Page } from "../http/error-page/page.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Of every answer: nobody frames it, reads it from another origin, or holds a window with it; no
 * address of it is told to anybody; and it differs by what was asked for. `nosniff` and `no-store` are in
 * every answer of the gateway.
 */
export const PAGE_FIELDS: string =
  "X-Frame-Options: DENY\r\nCross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n" +
  "Referrer-Policy: no-referrer\r\nVary: Accept\r\n";
/** Of what is no page: should a browser take it for one after all, it does nothing. */
export const INERT: string =
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n";

/** Further parts of an answer. */
export interface AnswerOptions {
  readonly status?: number;
  /** Further header lines, each ended by CR LF. */
  readonly fields?: string;
}

export function jsonAnswer(value: unknown, options: AnswerOptions = {}): GatewayAnswer {
  return answer("application/json", `${JSON.stringify(value)}\n`, INERT, options);
}

export function textAnswer(text: string, type: "plain" | "markdown" = "plain"): GatewayAnswer {
  return answer(`text/${type}; charset=utf-8`, text, INERT, {});
}

export function pageAnswer({ text, policy }: Page, options: AnswerOptions = {}): GatewayAnswer {
  return answer("text/html; charset=utf-8", text, `Content-Security-Policy: ${policy}\r\n`, options);
}

/** There is nothing to say. */
export function emptyAnswer(): GatewayAnswer {
  return answer("text/plain; charset=utf-8", "", INERT, { status: 204 });
}

/** @param asText for who would rather have HTML: a person */
export function refusalAnswer(refusal: Refusal, asText: boolean): GatewayAnswer {
  const { status, code, message, hint, allow } = refusal;
  const fields = allow === undefined ? "" : `Allow: ${allow}\r\n`;
  if (!asText) return jsonAnswer({ error: { code, message, hint } }, { status, fields });
  return answer("text/plain; charset=utf-8", `${message}\n\n${hint}\n`, INERT, { status, fields });
}

function answer(
  type: string,
  text: string,
  policy: string,
  { status = 200, fields = "" }: AnswerOptions,
): GatewayAnswer {
  return {
    status,
    reason: "",
    fields: PAGE_FIELDS + policy + fields,
    content: { type, text, cacheControl: "no-store" },
    // What the developer's own tools ask for would bury the application's requests.
    ...(status < 300 ? { isRoutine: true as const } : {}),
  };
}
