import { markup } from "../../http/error-page/markup.ts";
import type { Page } from "../../http/error-page/page.ts";
import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";
import type { Refusal } from "../refusal.ts";
import { renderDocument } from "./document.ts";
import type { PageContext } from "./page-context.ts";

/** The page where a link leads whose error or request is kept no more: a terminal shows them for long. */
export function renderMissingPage({ message }: Refusal, context: PageContext): Page {
  return renderDocument({
    kind: "missing",
    title: "Not found — Highball",
    context,
    bar: markup`<b>Highball</b> <code>${context.project}</code>`,
    content: markup`<main>
<div class="headline"><h1>${message}</h1>
<p class="where">See <a href="${INTERNAL_PREFIX}errors">the errors</a> and <a href="${INTERNAL_PREFIX}requests">the
requests</a> that are kept. Those of an earlier run of the server went with it.</p></div>
</main>
`,
  });
}
