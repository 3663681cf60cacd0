import type { Evaluation, Exhibit } from "../../../debuggee.ts";
import { markup, type Markup } from "../../../http/error-page/markup.ts";
import { printed } from "../../page/printed.ts";
import { renderShortTraceback } from "../../page/short-traceback.ts";
import { renderValue } from "../../page/value.ts";
import { fragmentOf } from "../dom.ts";

/** What was run, and what came of it. */
export function renderEvaluation(code: string, evaluation: Evaluation): DocumentFragment {
  const lines = code.replace(/\n+$/, "").split("\n");
  return fragmentOf(markup`<div class="evaluation">
<pre class="code">${lines.map((line, index) => markup`<span class="chevrons">${index === 0 ? ">>> " : "... "}</span>${line}\n`)}</pre>
${evaluation.status === "done" ? renderDone(evaluation) : null}</div>
`);
}

function renderDone({ output, value, shown, error }: Extract<Evaluation, { status: "done" }>): Markup {
  return markup`${output === "" ? null : markup`<pre class="printed">\n${printed(output)}</pre>`}\
${shown.map(renderExhibit)}\
${value === null ? null : markup`<div class="result">${renderValue(value)}</div>`}\
${error === null ? null : renderShortTraceback(error)}`;
}

function renderExhibit(exhibit: Exhibit): Markup {
  const title = exhibit.title === "" ? null : markup`<p class="exhibit-title">${exhibit.title}</p>`;
  if (exhibit.kind === "text") return markup`${title}<pre class="printed">\n${exhibit.text}</pre>`;
  const rows = exhibit.variables.map(
    ({ name, value }) =>
      markup`<div class="variable"><dt><code>${name}</code></dt><dd>${renderValue(value)}</dd></div>\n`,
  );
  return markup`${title}<div class="variables"><dl>${rows}</dl></div>`;
}
