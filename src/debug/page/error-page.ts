import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { Page } from "../../http/error-page/page.ts";
import type { ErrorRecord } from "../error-record.ts";
import { renderDocument } from "./document.ts";
import { PLACES } from "./error-row.ts";
import { planError, type Plan } from "./exception-parts.ts";
import { renderFrameList } from "./frame-list.ts";
import { renderPanel } from "./frame-panel.ts";
import { GONE } from "./gone.ts";
import { renderHeadline } from "./headline.ts";
import type { PageContext } from "./page-context.ts";
import { printed } from "./printed.ts";
import { renderRequest } from "./request-panel.ts";
import { renderTime } from "./time.ts";

/** The page of one error. */
export function renderErrorPage(record: ErrorRecord, context: PageContext): Page {
  const { model, request } = record;
  const plan = model === null ? null : planError(model.exception);
  const subject = request === null ? null : `${request.method} ${context.masks.target(request.target)}`;
  return renderDocument({
    kind: "error",
    title: subject === null ? record.title : `${record.title} — ${subject}`,
    context,
    data: dataOf(record, context),
    bar: renderBar(record, subject),
    content: markup`<main>
${renderHeadline(record, plan, context)}\
${isGone(record) ? GONE : null}\
${plan === null ? renderTraceback(record) : renderFrames(record, plan, context)}\
<div class="more">
${request === null ? null : renderRequest(request, context)}\
${renderOutput(record)}\
</div>
${renderFoot(record)}\
</main>
`,
  });
}

function dataOf(record: ErrorRecord, context: PageContext): Readonly<Record<string, string>> {
  const { request } = record;
  return {
    error: String(record.id),
    place: record.place,
    "made-by": record.version,
    project: context.project,
    evaluates: String(context.evaluates && record.debuggee !== null),
    gone: String(isGone(record)),
    ...(request === null
      ? {}
      : {
          request: String(request.id),
          method: request.method,
          target: context.masks.target(request.target),
        }),
  };
}

function isGone({ debuggee }: ErrorRecord): boolean {
  return debuggee?.isGone === true;
}

function renderBar(record: ErrorRecord, subject: string | null): Markup {
  const status = record.request?.status ?? null;
  const place = PLACES[record.place];
  return markup`${status === null ? null : markup`<b class="status failed">${status}</b> `}\
${subject === null ? null : markup`<code>${subject}</code> `}\
${place === "" ? null : markup`<span class="where">${place}</span> `}${renderTime(record.at)}`;
}

const STDERR = "stderr: ";

function renderFrames(record: ErrorRecord, plan: Plan, context: PageContext): Markup | null {
  if (record.model === null || plan.spots.length === 0) return renderTraceback(record);
  const panels = plan.spots.map((spot) => renderPanel(spot, context, spot === plan.first));
  return markup`<div class="trace">
${renderFrameList(plan, record.model, context)}\
<div class="panels">
${panels}</div>
</div>
`;
}

function renderTraceback({ traceback }: ErrorRecord): Markup | null {
  if (traceback === "") return null;
  return markup`<section class="plain">
<h2 id="plain-traceback">Traceback</h2>
<pre tabindex="0" role="region" aria-labelledby="plain-traceback">
${traceback}</pre>
</section>
`;
}

function renderOutput({ output, pid }: ErrorRecord): Markup | null {
  if (output.length === 0) return null;
  return markup`<section class="output">
<h2 id="output">Last output <small>of process ${pid}</small></h2>
<pre tabindex="0" role="region" aria-labelledby="output"><code>${output.map(renderOutputLine)}</code></pre>
</section>
`;
}

/** The worker marks what went to stderr. */
function renderOutputLine(line: string): Markup {
  if (!line.startsWith(STDERR)) return markup`${printed(line)}\n`;
  return markup`<span class="stderr">${printed(line.slice(STDERR.length))}</span>\n`;
}

function renderFoot({ id, model, pid }: ErrorRecord): Markup {
  const python = model === null ? null : markup`<span>${model.python}</span>\n`;
  return markup`<footer>
<p>${python}${pid === 0 ? null : markup`<span>process ${pid}</span>\n`}<span>error ${id}</span>
<a href="/__highball__/errors/${id}?format=text">as text</a>
<a href="/__highball__/errors/${id}?format=markdown">as Markdown</a></p>
</footer>
`;
}
