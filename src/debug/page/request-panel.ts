import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { RequestRecord } from "../request-record.ts";
import { type Rows, table } from "./field-table.ts";
import { multipartFields } from "./multipart-form.ts";
import type { PageContext } from "./page-context.ts";
import { formatDuration, renderTime } from "./time.ts";
import { count } from "./value.ts";

/** Characters of a body that are shown. */
const BODY = 4096;

/** Everything about a request, secrets unreadable. */
export function renderRequest(request: RequestRecord, context: PageContext): Markup {
  const { masks } = context;
  const { headers, environ } = request;
  const query = fieldsOf(queryOf(request.target), masks.field);
  return markup`<section class="request" aria-labelledby="request">
<h2 id="request">Request</h2>
${renderFacts(request, context)}\
${table("Query", query, true)}\
${renderBody(request, context)}\
${table(
  "Headers",
  headers.map(([name, value]) => [name, masks.header(name, value)]),
  false,
)}\
${table(
  "Environ",
  (environ ?? []).map(([name, value]) => [name, masks.variable(name, value)]),
  false,
)}\
</section>
`;
}

function renderFacts(request: RequestRecord, { masks }: PageContext): Markup {
  const { method, target, protocol, status, duration, remoteAddress, at, replayOf } = request;
  return markup`<p class="facts"><code><b>${method}</b> ${masks.target(target)} ${protocol}</code></p>
<p class="facts quiet">${renderTime(at)}${remoteAddress === "" ? "" : ` from ${remoteAddress}`}\
${status === null ? "" : `, answered ${status}`}${duration === null ? "" : ` after ${formatDuration(duration)}`}\
${replayOf === null ? "" : `, repeats request ${replayOf}`}</p>
`;
}

function renderBody(request: RequestRecord, { masks }: PageContext): Markup | null {
  const { body, bodySize } = request;
  if (bodySize === 0) return null;
  if (body === null)
    return markup`<p class="facts quiet">The body of ${count(bodySize, "byte")} was too large to keep.</p>\n`;
  const sent = headerOf(request, "content-type");
  const type = sent.toLowerCase();
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return table("Form", fieldsOf(body.toString("utf8"), masks.field), true);
  }
  const fields = type.startsWith("multipart/form-data") ? multipartFields(sent, body) : null;
  if (fields !== null)
    return table(
      "Form",
      fields.map(([name, value]) => [name, masks.field(name, value)]),
      true,
    );
  const size = count(bodySize, "byte");
  if (!isText(body)) return markup`<p class="facts quiet">The body: ${size}, not text.</p>\n`;
  const text = masks.body(type, body.toString("utf8"));
  const cut =
    text.length > BODY ? markup`<p class="cut">… the first ${count(BODY, "character")} of it</p>\n` : null;
  return markup`<details class="part" open><summary>Body <small>${size}</small></summary>
<pre tabindex="0" role="region" aria-label="Body of the request">
${text.slice(0, BODY)}</pre>
${cut}</details>
`;
}

function queryOf(target: string): string {
  const mark = target.indexOf("?");
  return mark < 0 ? "" : target.slice(mark + 1);
}

function fieldsOf(text: string, mask: (name: string, value: string) => string): Rows {
  return [...new URLSearchParams(text)].map(([name, value]) => [name, mask(name, value)]);
}

function headerOf({ headers }: RequestRecord, name: string): string {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
}

/** No NUL, and UTF-8 as far as it is looked at. */
function isText(body: Buffer): boolean {
  const start = body.subarray(0, BODY);
  return !start.includes(0) && !start.subarray(0, -3).toString("utf8").includes("\uFFFD");
}
