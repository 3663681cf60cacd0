import { STATUS_CODES } from "node:http";
import { preferredType } from "../http/accept.ts";
import type { AnswerContent, Audience, GatewayAnswer } from "../http/error-page.ts";
import type { ErrorRecord } from "./error-record.ts";
import { renderErrorPage } from "./page/error-page.ts";
import type { PageContext } from "./page/page-context.ts";
import { INERT, PAGE_FIELDS } from "./answers.ts";
import { renderText } from "./render-text.ts";

/**
 * What a developer gets in place of the response: the error, in the type that is asked for.
 *
 * @param plain what it is without the debugger
 */
export function answerWith(
  record: ErrorRecord,
  plain: GatewayAnswer,
  audience: Audience,
  context: PageContext,
): GatewayAnswer {
  // The order is that of `answerTo`, and so is what clients get that do not say what they like.
  const type = preferredType(audience.rawHeaders, ["text/plain", "text/html", "application/json"]);
  const address = `/__highball__/errors/${record.id}`;
  switch (type) {
    case "text/plain": {
      const status = `${plain.status} ${STATUS_CODES[plain.status] ?? "Error"}`;
      const text = `${status}, http://${audience.host ?? "localhost"}${address}\n\n${renderText(record)}`;
      return { ...plain, fields: PAGE_FIELDS + INERT, content: content("text/plain; charset=utf-8", text) };
    }
    case "application/json": {
      const { content: before } = plain;
      const said = JSON.parse(before?.text ?? "{}") as { readonly error?: object };
      // What was there without the debugger is there with it; all the rest is at the address.
      const error = { ...said.error, ...titleOf(record), id: record.id, url: address };
      const text = `${JSON.stringify({ error })}\n`;
      return { ...plain, fields: PAGE_FIELDS + INERT, content: content("application/json", text) };
    }
    case "text/html": {
      const { text, policy } = renderErrorPage(record, context);
      return {
        ...plain,
        fields: `${PAGE_FIELDS}Content-Security-Policy: ${policy}\r\n`,
        content: content("text/html; charset=utf-8", text),
      };
    }
  }
}

/** The model says more than the last line of a traceback does: what was meant by a name that is misspelt. */
function titleOf({ place, title }: ErrorRecord): { readonly message?: string } {
  return place === "request" ? { message: title } : {};
}

function content(type: string, text: string): AnswerContent {
  return { type, text, cacheControl: "no-store" };
}
