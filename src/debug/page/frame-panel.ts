import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { FrameModel, SourceModel, SyntaxModel } from "../../error-model.ts";
import type { Spot } from "./exception-parts.ts";
import type { PageContext } from "./page-context.ts";
import { renderEditorPlace, shortFile } from "./place.ts";
import { renderSource, type SourceMark } from "./source.ts";
import { renderVariables } from "./variables.ts";

/** What is to be seen of a place: its source and the variables there. */
export function renderPanel(spot: Spot, context: PageContext, isFirst: boolean): Markup {
  const { number } = spot;
  const owner = spot.kind === "frame" ? spot.frame.owner : "application";
  const kind = isFirst ? "panel first" : "panel";
  const frame = spot.kind === "frame" ? spot.frame.id : "";
  return markup`<section class="${kind}" id="frame-${number}" data-frame="${frame}" data-owner="${owner}" tabindex="-1" \
aria-labelledby="frame-${number}-name">
${spot.kind === "frame" ? renderFrame(spot.frame, number, context) : renderSyntax(spot, context)}\
</section>
`;
}

function renderFrame(frame: FrameModel, number: number, context: PageContext): Markup {
  const { file, line, range, source } = frame;
  const place = { file, line, column: (range?.startColumn ?? 0) + 1 };
  const module = frame.module === "" ? null : markup` <span class="module">${frame.module}</span>`;
  return markup`<header>
<h2 id="frame-${number}-name"><code>${frame.function}</code></h2>
<p>${renderEditorPlace(place, context)}${module}</p>
</header>
${frame.info === "" ? null : markup`<p class="info">${frame.info}</p>\n`}\
${renderCode(source, { line, range }, file, context)}
<div class="console-place"></div>
${renderVariables(frame.variables, usedNames(frame), number)}`;
}

function renderSyntax(spot: Extract<Spot, { kind: "syntax" }>, context: PageContext): Markup {
  const { syntax, number, message } = spot;
  const { file, line, columns, source } = syntax;
  const place = { file, line: Math.max(line, 1), column: (columns?.[0] ?? 0) + 1 };
  return markup`<header>
<h2 id="frame-${number}-name">This cannot be read as Python</h2>
<p>${renderEditorPlace({ ...place, line }, context)}</p>
</header>
<p class="info">${message}</p>
${renderCode(source, { line, range: syntaxRange(syntax) }, file, context)}
`;
}

function syntaxRange({ line, columns }: SyntaxModel): SourceMark["range"] {
  if (columns === null) return null;
  const [startColumn, endColumn] = columns;
  return { startLine: line, startColumn, endLine: line, endColumn: Math.max(endColumn, startColumn + 1) };
}

function renderCode(
  source: SourceModel | null,
  mark: SourceMark,
  file: string,
  context: PageContext,
): Markup {
  if (source === null || source.lines.length === 0)
    return markup`<p class="missing">There is no source to show.</p>`;
  return renderSource(source, mark, file, `Source of ${shortFile(file, context.project)}`);
}

/** Names in the lines that were running: their values are what one wants to see first. */
function usedNames({ source, line, range }: FrameModel): ReadonlySet<string> {
  if (source === null) return new Set();
  const { startLine, endLine } = range ?? { startLine: line, endLine: line };
  const lines = source.lines.slice(Math.max(startLine - source.first, 0), endLine - source.first + 1);
  return new Set(lines.join("\n").match(/[\p{L}_][\p{L}\p{N}_]*/gu));
}
