import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { SourceModel, SourceRange } from "../../error-model.ts";
import { highlight, languageOf, type Token } from "../highlight.ts";

/** Lines around what was running: more would hide the variables below them. */
const BEFORE = 8;
const AFTER = 5;

/** What is marked in a source. */
export interface SourceMark {
  /** From 1. */
  readonly line: number;
  /** What was running in it (PEP 657); null where only the line is known. */
  readonly range: SourceRange | null;
}

/**
 * Lines of a file, with what was running marked.
 *
 * @param label names it to who does not see it
 */
export function renderSource(source: SourceModel, mark: SourceMark, file: string, label: string): Markup {
  const tokens = highlight(source.lines, languageOf(file));
  const isShown = isNear(mark);
  const indent = commonIndent(source.lines.filter((_, index) => isShown(source.first + index)));
  const lines = source.lines.map((text, index) => {
    const number = source.first + index;
    if (!isShown(number)) return null;
    const content = renderTokens(tokens[index] ?? [], columnsOf(text, number, mark.range), indent);
    const isRunning = isWithin(number, mark);
    const kind = number === mark.line ? "line running here" : isRunning ? "line running" : "line";
    return markup`<span class="${kind}" data-line="${number}">${content}\n</span>`;
  });
  return markup`<pre class="source" tabindex="0" role="region" aria-label="${label}"><code>${lines}</code></pre>`;
}

/** The other lines that were sent help to colour these: a string may begin in them. */
function isNear({ line, range }: SourceMark): (number: number) => boolean {
  const first = (range?.startLine ?? line) - BEFORE;
  const last = Math.max(range?.endLine ?? line, line) + AFTER;
  return (number) => number >= first && number <= last;
}

function isWithin(number: number, { line, range }: SourceMark): boolean {
  if (range === null) return number === line;
  return number >= range.startLine && number <= range.endLine;
}

type Columns = readonly [start: number, end: number];

/** The marked part of a line in UTF-16 units; null if none is, or all of it, which the line shows already. */
function columnsOf(text: string, number: number, range: SourceRange | null): Columns | null {
  if (range === null || number < range.startLine || number > range.endLine) return null;
  const first = text.length - text.trimStart().length;
  const last = text.trimEnd().length;
  const start = number === range.startLine ? unitsOf(text, range.startColumn) : first;
  const end = number === range.endLine ? unitsOf(text, range.endColumn) : last;
  if (end <= start || (start <= first && end >= last)) return null;
  return [start, end];
}

/** Python counts characters, JavaScript halves of those beyond the first plane. */
function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (const character of text) {
    if (characters <= 0) return units;
    characters -= 1;
    units += character.length;
  }
  return units;
}

/** Columns of space before all of the lines: where there is little room they are left out. */
function commonIndent(lines: readonly string[]): number {
  const filled = lines.filter((line) => line.trim() !== "");
  return Math.min(...filled.map((line) => line.length - line.trimStart().length), 80);
}

function renderTokens(tokens: readonly Token[], columns: Columns | null, indent: number): readonly Markup[] {
  const space = cutTokens(tokens, 0, indent).map(({ text }) => text);
  const first = markup`<span class="indent">${space}</span>`;
  if (columns === null) return [first, ...cutTokens(tokens, indent, Infinity).map(renderToken)];
  const [start, end] = [Math.max(columns[0], indent), columns[1]];
  const before = cutTokens(tokens, indent, start);
  const inside = cutTokens(tokens, start, end);
  const after = cutTokens(tokens, end, Infinity);
  return [
    first,
    ...before.map(renderToken),
    markup`<mark>${inside.map(renderToken)}</mark>`,
    ...after.map(renderToken),
  ];
}

/** The tokens between two columns, cut where these are in the midst of one. */
function cutTokens(tokens: readonly Token[], from: number, to: number): readonly Token[] {
  const cut: Token[] = [];
  let column = 0;
  for (const { kind, text } of tokens) {
    const part = text.slice(Math.max(from - column, 0), Math.max(to - column, 0));
    if (part !== "") cut.push({ kind, text: part });
    column += text.length;
  }
  return cut;
}

function renderToken({ kind, text }: Token): Markup {
  return kind === "plain" || kind === "name" ? markup`${text}` : markup`<span class="${kind}">${text}</span>`;
}
