import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { ErrorModel } from "../../error-model.ts";
import { planError, type ExceptionPart } from "./exception-parts.ts";
import { describeFold, type FrameEntry } from "../fold.ts";

/** An error in a few lines, as the console shows it. Runs in the browser. */
export function renderShortTraceback(model: ErrorModel): Markup {
  return markup`<div class="short-traceback">${planError(model.exception).parts.map(renderPart)}</div>`;
}

function renderPart({ exception, sentence, entries, members }: ExceptionPart): Markup {
  const { type, message, notes, syntax } = exception;
  const syntaxLine = syntax?.source?.lines[syntax.line - syntax.source.first] ?? "";
  const mark =
    syntax?.columns == null
      ? ""
      : " ".repeat(syntax.columns[0]) + "^".repeat(Math.max(syntax.columns[1] - syntax.columns[0], 1));
  return markup`${sentence === null ? null : markup`<p class="sentence">${sentence}</p>`}\
${entries.length === 0 ? null : markup`<ol>${entries.map(renderEntry)}</ol>`}\
${syntaxLine === "" ? null : markup`<pre>\n${syntaxLine}\n${mark}</pre>`}\
<p class="error-line"><b>${type}</b>${message === "" ? null : `: ${message}`}</p>\
${notes.map((note) => markup`<p class="note">${note}</p>`)}\
${members.length === 0 ? null : markup`<ol class="members">${members.map((member) => markup`<li>${member.map(renderPart)}</li>`)}</ol>`}`;
}

function renderEntry(entry: FrameEntry): Markup {
  if (entry.kind === "fold") return markup`<li class="quiet">${describeFold(entry)}</li>`;
  const { file, line, function: name, source } = entry.frame;
  const code = source?.lines[line - source.first]?.trim() ?? "";
  return markup`<li><span class="quiet">${file}:${line} in</span> <code>${name}</code>${code === "" ? null : markup`<br><code>${code}</code>`}</li>`;
}
