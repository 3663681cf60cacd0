import type { FrameModel } from "../error-model.ts";
import { displayWidth, unitAt } from "./columns.ts";
import { type Operation, operationOf } from "./operation.ts";

/** A line of source as a traceback shows it, and what is drawn below it: `~~^~~`; empty if nothing. */
export interface MarkedLine {
  readonly text: string;
  readonly marks: string;
}

/** What ran, in lines of source: indices of its units. */
interface Running {
  readonly lines: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** Lines next to an operator that are shown, of what ran over many. */
const AROUND = 1;

/**
 * The lines that ran, without the indentation they have in common, with the marks of PEP 657 as the Python of the
 * error draws them: from 3.13 on below each line, before only below the first.
 *
 * @param python `Python 3.11.7`
 */
export function markedLines(frame: FrameModel, python: string): readonly MarkedLine[] {
  const { range, source } = frame;
  const first = source?.lines[frame.line - source.first];
  if (source === null || first === undefined || first.trim() === "") return [];
  if (range === null || range.startLine !== frame.line) return [{ text: first.trim(), marks: "" }];
  const lines = source.lines.slice(frame.line - source.first, range.endLine - source.first + 1);
  const start = unitAt(first, range.startColumn);
  // Lines are missing where a call is longer than what is shown around it.
  const isWhole = frame.line + lines.length - 1 === range.endLine;
  if (marksAllLines(python) && isWhole) {
    return marksOfAll({ lines, start, end: unitAt(lines.at(-1) ?? "", range.endColumn) });
  }
  const end = range.endLine === frame.line ? unitAt(first, range.endColumn) : first.trimEnd().length;
  return [marksOfOne({ lines: [first], start, end }, range.endLine === frame.line)];
}

function marksAllLines(python: string): boolean {
  const [, major = "3", minor = "0"] = /(\d+)\.(\d+)/.exec(python) ?? [];
  return Number(major) > 3 || Number(minor) >= 13;
}

function marksOfOne({ lines: [line = ""], start, end }: Running, isWhole: boolean): MarkedLine {
  const text = line.trim();
  const operation = isWhole ? operationOf(line.slice(start, end)) : null;
  // Calls are marked as a whole before 3.13.
  const inner = operation?.kind === "call" ? null : operation;
  if (end - start >= text.length && inner === null) return { text, marks: "" };
  const indentation = line.length - line.trimStart().length;
  const spaces = " ".repeat(Math.max(0, displayWidth(line.slice(0, start)) - indentation));
  return { text, marks: spaces + marksIn(line.slice(start, end), 0, inner) };
}

/** Marks below `text`, which begins at `offset` of the expression that does `operation`. */
function marksIn(text: string, offset: number, operation: Operation | null): string {
  if (operation === null) return "^".repeat(displayWidth(text));
  const cut = (from: number, to: number): number =>
    displayWidth(text.slice(Math.max(0, from - offset), Math.max(0, to - offset)));
  return (
    "~".repeat(cut(offset, operation.start)) +
    "^".repeat(cut(operation.start, operation.end)) +
    "~".repeat(cut(Math.max(operation.end, offset), offset + text.length))
  );
}

function marksOfAll(running: Running): readonly MarkedLine[] {
  const { lines, start, end } = dedented(running);
  const segment = lines
    .map((line, index) => line.slice(index === 0 ? start : 0, index === lines.length - 1 ? end : undefined))
    .join("\n");
  const operation = operationOf(segment);
  const isMarked = showsMarks({ lines, start, end }, segment, operation);
  const shown = shownLines(lines, segment, operation);
  const marked: MarkedLine[] = [];
  let offset = 0;
  let hidden = 0;
  for (const [index, line] of lines.entries()) {
    const from = index === 0 ? start : 0;
    const to = index === lines.length - 1 ? end : line.length;
    if (shown.has(index)) {
      if (hidden > 0) marked.push({ text: `...<${hidden} lines>...`, marks: "" });
      hidden = 0;
      marked.push({ text: line, marks: isMarked ? marksBelow(line, from, to, offset, operation) : "" });
    } else hidden++;
    offset += to - from + 1;
  }
  return withoutIndentation(marked);
}

function marksBelow(
  line: string,
  from: number,
  to: number,
  offset: number,
  operation: Operation | null,
): string {
  const begin = Math.max(from, line.length - line.trimStart().length);
  if (begin >= to) return "";
  const marks = marksIn(line.slice(begin, to), offset + begin - from, operation);
  return " ".repeat(displayWidth(line.slice(0, begin))) + marks;
}

/** Not where the whole line ran and no part of it is more to the point than the others. */
function showsMarks({ lines, start, end }: Running, segment: string, operation: Operation | null): boolean {
  const before = (lines[0] ?? "").slice(0, start).trim();
  const behind = (lines.at(-1) ?? "").slice(end).trim();
  const isStatement = before === "return" || /^[\p{ID_Start}_]\p{ID_Continue}*\s*=$/u.test(before);
  const isRest = behind === "" || behind.startsWith("#") || behind.startsWith(";");
  const calls =
    operation?.kind === "call" &&
    /^[\p{ID_Start}_]\p{ID_Continue}*\s*$/u.test(segment.slice(0, operation.start));
  if (isStatement && isRest && calls) return false;
  return operation !== null || before !== "" || behind !== "";
}

/** The first, the last, and those around the ends of what is marked most; a single one between is shown too. */
function shownLines(
  lines: readonly string[],
  segment: string,
  operation: Operation | null,
): ReadonlySet<number> {
  const shown = new Set([0, lines.length - 1]);
  for (const unit of operation === null ? [] : [operation.start, operation.end]) {
    const line = segment.slice(0, unit).split("\n").length - 1;
    for (let near = line - AROUND; near <= line + AROUND; near++) shown.add(near);
  }
  for (const index of lines.keys()) if (shown.has(index - 1) && shown.has(index + 1)) shown.add(index);
  return shown;
}

function dedented({ lines, start, end }: Running): Running {
  const cut = commonIndentation(lines);
  return {
    lines: lines.map((line) => line.slice(cut).trimEnd()),
    start: Math.max(0, start - cut),
    end: Math.max(0, end - cut),
  };
}

function withoutIndentation(marked: readonly MarkedLine[]): readonly MarkedLine[] {
  const cut = commonIndentation(marked.flatMap(({ text, marks }) => [text, marks]));
  return marked.map(({ text, marks }) => ({ text: text.slice(cut), marks: marks.slice(cut) }));
}

/** Of lines that are not empty. */
function commonIndentation(lines: readonly string[]): number {
  let common = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    if (line.trim() !== "") common = Math.min(common, line.length - line.trimStart().length);
  }
  return Number.isFinite(common) ? common : 0;
}
