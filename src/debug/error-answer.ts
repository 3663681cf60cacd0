import { preferredType } from "../http/accept.ts";
import type { Audience, GatewayAnswer } from "../http/error-page.ts";
import type { ErrorRecord } from "./error-record.ts";
import { renderErrorPage } from "./page/error-page.ts";
import type { PageContext } from "./page/page-context.ts";

/**
 * What a developer gets in place of the response: the page of the error, where that is what is asked for.
 *
 * @param plain what it is without the debugger, in the type that is asked for
 */
export function answerWith(
  record: ErrorRecord,
  plain: GatewayAnswer,
  audience: Audience,
  context: PageContext,
): GatewayAnswer {
  const type = preferredType(audience.rawHeaders, ["text/plain", "text/html", "application/json"]);
  if (type !== "text/html") return plain;
  const { text, policy } = renderErrorPage(record, context);
  return {
    ...plain,
    fields: `Vary: Accept\r\nContent-Security-Policy: ${policy}\r\nReferrer-Policy: no-referrer\r\n`,
    content: { type: "text/html; charset=utf-8", text, cacheControl: "no-store" },
  };
}
