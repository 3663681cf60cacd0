import { markup } from "../../http/error-page/markup.ts";
import type { Page } from "../../http/error-page/page.ts";
import type { ErrorRecord } from "../error-record.ts";
import { renderDocument } from "./document.ts";
import { errorSummary } from "../record-json.ts";
import { renderErrorRow } from "./error-row.ts";
import type { PageContext } from "./page-context.ts";

/**
 * The page of all errors that are kept.
 *
 * @param records newest first
 */
export function renderIndexPage(records: readonly ErrorRecord[], context: PageContext): Page {
  const rows = records.map((record) => renderErrorRow(errorSummary(record)));
  return renderDocument({
    kind: "index",
    title: "Errors — Highball",
    context,
    bar: markup`<b>Highball</b> <code>${context.project}</code>`,
    content: markup`<main>
<div class="headline"><h1>Errors</h1></div>
<ol class="listing" id="errors" aria-label="Errors, newest first" aria-live="polite">
${rows}</ol>
<p class="empty"${rows.length === 0 ? null : markup` hidden`}>Nothing has gone wrong. Errors of requests, of streamed responses, of
threads and of the code as it is loaded are listed here as they happen.</p>
</main>
`,
  });
}
