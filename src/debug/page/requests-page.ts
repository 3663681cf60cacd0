import { markup } from "../../http/error-page/markup.ts";
import type { Page } from "../../http/error-page/page.ts";
import type { RequestRecord } from "../request-record.ts";
import { renderDocument } from "./document.ts";
import type { PageContext } from "./page-context.ts";
import { renderRequest } from "./request-panel.ts";
import { renderRequestRow } from "./request-row.ts";

/**
 * The page of all requests that are kept.
 *
 * @param requests newest first
 */
export function renderRequestsPage(requests: readonly RequestRecord[], context: PageContext): Page {
  const rows = requests.map((request) =>
    renderRequestRow({ ...request, target: context.masks.target(request.target) }),
  );
  return renderDocument({
    kind: "requests",
    title: "Requests — Highball",
    context,
    bar: markup`<b>Highball</b> <code>${context.project}</code>`,
    content: markup`<main>
<div class="headline"><h1>Requests</h1></div>
<ol class="listing" id="requests" aria-label="Requests, newest first">
${rows}</ol>
${rows.length === 0 ? markup`<p class="empty">No request has come yet. The last ones are listed here, to be looked at and sent again.</p>\n` : null}\
</main>
`,
  });
}

/** The page of one request. */
export function renderRequestPage(request: RequestRecord, context: PageContext): Page {
  const { id, method, status, error } = request;
  const target = context.masks.target(request.target);
  return renderDocument({
    kind: "request",
    title: `${method} ${target} — Highball`,
    context,
    data: { request: String(id), method, target, "made-by": context.version },
    bar: markup`${status === null ? null : markup`<b class="${status < 500 ? "status" : "status failed"}">${status}</b> `}<code>${method} ${target}</code>`,
    content: markup`<main>
<div class="headline"><h1>Request ${id}</h1>
${error === null ? null : markup`<p class="where">failed: <a href="/__highball__/errors/${error}">error ${error}</a></p>\n`}\
<div class="actions"></div>
</div>
${renderRequest(request, context)}\
</main>
`,
  });
}
