import { markup } from "../../http/error-page/markup.ts";
import type { Page } from "../../http/error-page/page.ts";
import { CONSOLE } from "../../debuggee.ts";
import { renderDocument } from "./document.ts";
import type { PageContext } from "./page-context.ts";

/** The page of the console that belongs to no error. */
export function renderConsolePage(context: PageContext): Page {
  return renderDocument({
    kind: "console",
    title: "Console — Highball",
    context,
    data: {
      project: context.project,
      evaluates: String(context.evaluates),
      gone: "false",
    },
    bar: markup`<b>Highball</b> <code>${context.project}</code>`,
    content: markup`<main>
<div class="headline"><h1>Console</h1>
<p class="where">Python with the application at hand, in a worker that serves it. What is assigned lives as long as
the worker does.</p></div>
${context.evaluates ? null : markup`<p class="notice">Running code is switched off (<code>--no-evalex</code>).</p>\n`}\
<div class="panel chosen" data-frame="${CONSOLE}">
<div class="console-place"></div>
</div>
<noscript><p class="notice">The console needs JavaScript.</p></noscript>
</main>
`,
  });
}
