import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { ErrorModel, FrameModel } from "../../error-model.ts";
import { describeFold, type FrameEntry, type Repetition, type ShownFrame } from "../fold.ts";
import type { ExceptionPart, Plan } from "./exception-parts.ts";
import type { PageContext } from "./page-context.ts";
import { renderPlace } from "./place.ts";
import { count } from "./value.ts";

/** All places of an error, to choose from: links to their panels, which work without a script too. */
export function renderFrameList(plan: Plan, model: ErrorModel, context: PageContext): Markup {
  const isSingle = plan.parts.length === 1 && model.exception.members.length === 0;
  const parts = plan.parts.map((part) => renderPart(part, { plan, context, isSingle }));
  return markup`<nav class="frames" aria-labelledby="traceback">
<h2 id="traceback">Traceback <small>most recent call last</small></h2>
${parts}</nav>
`;
}

interface ListContext {
  readonly plan: Plan;
  readonly context: PageContext;
  /** The page's title names the only exception there is. */
  readonly isSingle: boolean;
}

function renderPart(part: ExceptionPart, list: ListContext): Markup {
  const { exception, sentence, entries, members } = part;
  const items = entries.map((entry) => renderEntry(entry, list));
  return markup`${sentence === null ? null : markup`<p class="sentence">${sentence}</p>\n`}\
<section class="raised">
${list.isSingle ? null : renderRaised(part)}\
${exception.omitted.map((text) => markup`<p class="omitted">${text}</p>\n`)}\
<ol>${items}${renderSyntax(part, list)}</ol>
${members.length === 0 ? null : renderMembers(part, list)}\
</section>
`;
}

function renderRaised({ exception }: ExceptionPart): Markup {
  const message = firstLine(exception.message);
  const notes = exception.notes.map((note) => markup`<p class="note">${note}</p>\n`);
  return markup`<h3><b>${exception.type}</b>${message === "" ? null : markup`: ${message}`}</h3>\n${notes}`;
}

function renderMembers({ members }: ExceptionPart, list: ListContext): Markup {
  const items = members.map((member) => markup`<li>${member.map((part) => renderPart(part, list))}</li>\n`);
  return markup`<p class="sentence">${count(members.length, "exception")} in the group:</p>
<ol class="members">${items}</ol>
`;
}

function renderEntry(entry: FrameEntry, list: ListContext): Markup {
  if (entry.kind === "frame") return renderFrame(entry, list);
  return markup`<li class="fold"><details><summary>${describeFold(entry)}</summary>
<ol>${entry.frames.map((shown) => renderFrame(shown, list))}</ol></details></li>
`;
}

function renderFrame(shown: ShownFrame, list: ListContext): Markup {
  const { frame, repeated } = shown;
  const number = list.plan.frameNumbers.get(shown) ?? 0;
  const line = frame.owner === "application" ? runningLine(frame) : "";
  return markup`<li>${renderLink(number, frame.owner, list, {
    name: markup`<span class="function">${frame.function}</span>`,
    place: renderPlace({ file: frame.file, line: frame.line, column: 1 }, list.context),
    line,
  })}${repeated === null ? null : renderRepetition(repeated)}</li>
`;
}

function renderSyntax(part: ExceptionPart, list: ListContext): Markup | null {
  const { syntax } = part.exception;
  if (syntax === null) return null;
  const { file, line, source } = syntax;
  return markup`<li>${renderLink(list.plan.syntaxNumbers.get(part) ?? 0, "application", list, {
    name: markup`<span class="function">not Python</span>`,
    place: renderPlace({ file, line, column: 1 }, list.context),
    line: source?.lines[line - source.first]?.trim() ?? "",
  })}</li>
`;
}

interface LinkContent {
  readonly name: Markup;
  readonly place: Markup;
  readonly line: string;
}

function renderLink(number: number, owner: string, list: ListContext, content: LinkContent): Markup {
  const isFirst = list.plan.first?.number === number;
  const current = isFirst ? markup` aria-current="true"` : null;
  const line = content.line === "" ? null : markup`<code>${content.line}</code>`;
  return markup`<a class="frame ${owner}" href="#frame-${number}"${current}>${content.name} ${content.place}${line}</a>`;
}

function renderRepetition({ length, times }: Repetition): Markup {
  const what = length === 1 ? "this frame" : `these ${length} frames`;
  return markup`<p class="repeated">${what} ${count(times, "more time")}</p>`;
}

function runningLine({ source, line }: FrameModel): string {
  return source?.lines[line - source.first]?.trim() ?? "";
}

/** As much of a message as stands in a list. */
export function firstLine(message: string): string {
  const [line = ""] = message.split("\n", 1);
  return line.length < message.length || line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
