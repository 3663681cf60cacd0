import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { VariableModel } from "../../error-model.ts";
import { renderValue } from "./value.ts";

/**
 * Variables of a frame.
 *
 * @param used names in the lines that were running: these come first
 */
export function renderVariables(
  variables: readonly VariableModel[],
  used: ReadonlySet<string>,
  number: number,
): Markup {
  if (variables.length === 0) return markup`<p class="missing">There are no variables to show.</p>\n`;
  const first = variables.filter(({ name }) => used.has(name));
  const rest = variables.filter(({ name }) => !used.has(name));
  return markup`<section class="variables" aria-labelledby="frame-${number}-variables">
<h3 id="frame-${number}-variables">Variables</h3>
<dl>${first.map((each) => renderVariable(each, true))}${rest.map((each) => renderVariable(each, false))}</dl>
</section>
`;
}

function renderVariable({ name, value }: VariableModel, isUsed: boolean): Markup {
  return markup`<div class="${isUsed ? "variable used" : "variable"}"><dt><code>${name}</code></dt><dd>${renderValue(value)}</dd></div>
`;
}
