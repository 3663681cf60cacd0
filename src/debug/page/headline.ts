import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { ErrorRecord } from "../error-record.ts";
import type { Plan, Spot } from "./exception-parts.ts";
import type { PageContext } from "./page-context.ts";
import { renderPlace } from "./place.ts";

/** Characters of a message that stand in the title; the whole of a longer one stands below. */
const LONG = 300;
/** Of more than these the letters are smaller: what failed is to be seen without scrolling. */
const LARGE = 120;

/** What was raised, and where in the application's code. */
export function renderHeadline(record: ErrorRecord, plan: Plan | null, context: PageContext): Markup {
  const { model, message, hint } = record;
  const title =
    model === null
      ? markup`<h1>${record.title}</h1>`
      : renderRaised(model.exception.type, model.exception.message);
  const notes = model?.exception.notes ?? [];
  const line = model?.exception.message.split("\n", 1)[0] ?? "";
  const says = message !== record.title && message !== model?.exception.message && record.place !== "request";
  return markup`<div class="${line.length > LARGE ? "lengthy headline" : "headline"}">
${title}
${notes.map((note) => markup`<p class="note">${note}</p>\n`)}\
${says && message !== "" ? markup`<p class="message">${message}</p>\n` : null}\
${hint === "" ? null : markup`<p class="hint">${hint}</p>\n`}\
${plan?.first === null || plan === null ? null : renderWhere(plan.first, context)}\
<div class="actions"></div>
</div>
`;
}

function renderRaised(type: string, message: string): Markup {
  const end = message.includes("\n") ? message.indexOf("\n") : message.length;
  const isCut = end > LONG;
  const head = isCut ? `${message.slice(0, LONG)}…` : message.slice(0, end);
  // Of several lines the first stands in the title, and need not be read twice.
  const rest = isCut ? message : message.slice(end + 1);
  const dot = type.lastIndexOf(".") + 1;
  const name = markup`<span class="raised-type"><span class="module">${type.slice(0, dot)}</span>${type.slice(dot)}</span>`;
  return markup`<h1>${name}${message === "" ? null : markup`<span class="colon">:</span> <span class="message">${head}</span>`}</h1>
${
  rest === ""
    ? null
    : markup`<pre class="message" tabindex="0" role="region" aria-label="${isCut ? "The whole message" : "The rest of the message"}">
${rest}</pre>`
}`;
}

function renderWhere(spot: Spot, context: PageContext): Markup {
  const { number } = spot;
  if (spot.kind === "syntax") {
    const { file, line } = spot.syntax;
    return markup`<p class="where">in <a href="#frame-${number}">${renderPlace({ file, line, column: 1 }, context)}</a></p>\n`;
  }
  const { file, line, function: name } = spot.frame;
  const place = renderPlace({ file, line, column: 1 }, context);
  return markup`<p class="where">in <a href="#frame-${number}"><code>${name}</code> ${place}</a></p>\n`;
}
