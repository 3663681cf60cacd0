import type { FrameModel } from "../error-model.ts";
import type { Paint, Style } from "../log/colour.ts";
import { displayWidth, sliceColumns } from "./columns.ts";
import { highlight, languageOf, type TokenKind } from "./highlight.ts";
import { type MarkedLine, markedLines } from "./marks.ts";
import { safeLine } from "./safe-line.ts";

/** Styles by what they say, in the sixteen colours that every theme makes readable. */
const STYLES: Readonly<Record<TokenKind, readonly Style[]>> = {
  keyword: ["magenta"],
  string: ["green"],
  number: ["cyan"],
  comment: ["dim"],
  definition: ["bold"],
  decorator: ["yellow"],
  builtin: ["cyan"],
  name: [],
  operator: [],
  plain: [],
};

export interface SourceOptions {
  readonly python: string;
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}

/** What is before a line of source: as wide as a number of five digits. */
const GUTTER = 7;
/** Columns before a mark that are shown of a line that is too long. */
const BEFORE = 20;
const LEAST_BEFORE = 4;
/** Columns of source below which a terminal breaks lines rather than shows nothing of them. */
const NARROWEST = 16;

/** The lines that ran, coloured, with marks below them. */
export function runningLines(frame: FrameModel, options: SourceOptions): readonly string[] {
  return markedLines(frame, options.python).flatMap((line) => paintMarked(line, frame.file, options));
}

/** A line of source, coloured, and its marks if it has any. */
export function paintMarked(
  line: MarkedLine,
  file: string,
  { paint, width }: Pick<SourceOptions, "paint" | "width">,
): readonly string[] {
  const { text, marks } = windowed(line, width);
  return [paintLine(text, file, paint), ...(marks === "" ? [] : [paint(marks, "red")])];
}

/** The same between the line before and the line after, with their numbers. */
export function linesAround(frame: FrameModel, options: SourceOptions): readonly string[] {
  const { python, paint, width } = options;
  const marked = markedLines(frame, python);
  const next = Math.max(frame.range?.endLine ?? 0, frame.line) + 1;
  const before = lineOf(frame, frame.line - 1);
  const behind = lineOf(frame, next);
  const own = indentationOf(lineOf(frame, frame.line));
  const common = Math.min(own, ...[before, behind].filter((line) => line !== "").map(indentationOf));
  const shift = " ".repeat(own - common);
  const numbered = (gutter: string, line: MarkedLine): readonly string[] => {
    const lines = paintMarked(line, frame.file, { paint, width: width - GUTTER });
    return lines.map((each, index) => (index === 0 ? gutter : " ".repeat(GUTTER)) + each);
  };
  const around = (number: number, text: string): readonly string[] =>
    text === "" ? [] : numbered(paint(numberOf(number), "dim"), { text: text.slice(common), marks: "" });
  const running = marked.flatMap(({ text, marks }, index) => {
    const gutter = index === 0 ? `>${numberOf(frame.line).slice(1)}` : " ".repeat(GUTTER);
    return numbered(paint(gutter, "bold", "red"), { text: shift + text, marks: marks && shift + marks });
  });
  return marked.length === 0 ? [] : [...around(frame.line - 1, before), ...running, ...around(next, behind)];
}

function numberOf(line: number): string {
  return `${String(line).padStart(GUTTER - 2)}  `;
}

/** Empty where there is none. */
function lineOf({ source }: FrameModel, line: number): string {
  return source?.lines[line - source.first]?.trimEnd() ?? "";
}

function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Each token is escaped for itself, so that no control character meets another. */
function paintLine(text: string, file: string, paint: Paint): string {
  const [tokens = []] = highlight([text], languageOf(file));
  return tokens.map((token) => paint(safeLine(token.text), ...STYLES[token.kind])).join("");
}

/** The part of a line that there is room for: its beginning, or what is around its marks. */
function windowed({ text, marks }: MarkedLine, width: number): MarkedLine {
  const room = Math.max(NARROWEST, width);
  const whole = displayWidth(text);
  if (whole <= room) return { text, marks };
  const first = Math.max(0, marks.search(/\S/));
  const last = marks.trimEnd().length;
  // Less is shown before a long mark than before a short one.
  const before = Math.max(LEAST_BEFORE, Math.min(BEFORE, room - (last - first) - 1));
  const from = last < room ? 0 : Math.max(0, first - before);
  const begin =
    from > 0 ? `…${sliceColumns(text, from + 1, from + room - 1)}` : sliceColumns(text, 0, room - 1);
  const end = whole > from + room ? "…" : sliceColumns(text, from + room - 1, whole);
  return { text: begin + end, marks: marks.slice(from, from + room) };
}
