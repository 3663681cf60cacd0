import type { ErrorModel, ExceptionModel, FrameModel } from "../error-model.ts";
import type { ErrorRecord } from "./error-record.ts";
import { printException } from "./exception-tree.ts";
import { type FrameEntry, describeFold, foldFrames, mainFrame } from "./fold.ts";
import { markedLines } from "./marks.ts";
import { headlineOf, repetitionSentence, titleLines } from "./render-plain.ts";
import { safeLine } from "./safe-line.ts";
import { maskTarget } from "./secrets.ts";
import { variableLines } from "./variable-lines.ts";

export { renderPlainTraceback } from "./render-plain.ts";

export interface TextOptions {
  /** Columns of a line of variables. @defaultValue 100 */
  readonly width?: number;
}

const WIDTH = 100;
/** Frames whose variables are shown, and variables of each. */
const FRAMES = 3;
const VARIABLES = 12;
/** Last lines that the process had printed. */
const OUTPUT = 10;

/**
 * An error as text, for curl, for mails, for a pipe: a traceback that tools for tracebacks can read, with library frames folded;
 * then variables, and at the end, where the eye is, what it was. No control character of the application's is
 * in it, and no secret of the request's.
 */
export function renderText(record: ErrorRecord, { width = WIDTH }: TextOptions = {}): string {
  const { model } = record;
  const traceback = model === null ? givenTraceback(record) : foldedTraceback(model);
  const details = [
    ...(model === null ? [] : variableBlocks(model.exception, width)),
    ...outputBlock(record.output),
  ];
  const blocks = [traceback, ...details, ending(record, details.length > 0 || model === null)];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join("\n"));
  return `${text.join("\n\n")}\n`;
}

function givenTraceback({ traceback }: ErrorRecord): readonly string[] {
  const text = traceback.trimEnd();
  return text === "" ? [] : text.split("\n").map(safeLine);
}

/** A traceback with library frames folded, safe for a terminal. */
export function foldedTraceback({ exception, python }: ErrorModel): readonly string[] {
  return printException(exception, {
    frames: ({ frames, omitted }) => [
      ...foldFrames(frames).flatMap((entry) => entryLines(entry, python)),
      ...omitted.map((sentence) => `  [${safeLine(sentence)}]`),
    ],
    headline: (each) => headlineOf(each).map(safeLine),
  });
}

function entryLines(entry: FrameEntry, python: string): readonly string[] {
  const lines =
    entry.kind === "fold" ? [`  … ${safeLine(describeFold(entry))}`] : frameLines(entry.frame, python);
  const { repeated } = entry;
  return repeated === null ? lines : [...lines, `  ${repetitionSentence(repeated.length, repeated.times)}`];
}

function frameLines(frame: FrameModel, python: string): readonly string[] {
  const lines = [`  File "${safeLine(frame.file)}", line ${frame.line}, in ${safeLine(frame.function)}`];
  for (const { text, marks } of markedLines(frame, python)) {
    lines.push(`    ${safeLine(text)}`);
    if (marks !== "") lines.push(`    ${marks}`);
  }
  if (frame.info !== "") lines.push(`    (${safeLine(frame.info)})`);
  return lines;
}

/** Variables of the application's innermost frames, the very innermost last. */
function variableBlocks(exception: ExceptionModel, width: number): readonly (readonly string[])[] {
  return applicationFrames(exception).map((frame) => [
    `Variables of ${safeLine(framePlace(frame))}:`,
    ...variableLines(frame, { count: VARIABLES, width: width - 2 }).map((line) =>
      typeof line === "string" ? `  ${line}` : `  ${line.name} = ${line.value}`,
    ),
  ]);
}

function applicationFrames({ frames }: ExceptionModel): readonly FrameModel[] {
  const main = mainFrame(frames);
  return frames
    .filter((frame) => frame === main || (frame.owner === "application" && !frame.hidden))
    .filter(({ variables }) => variables.length > 0)
    .slice(-FRAMES);
}

function outputBlock(output: readonly string[]): readonly (readonly string[])[] {
  if (output.length === 0) return [];
  return [["Printed before:", ...output.slice(-OUTPUT).map((line) => `  ${safeLine(line)}`)]];
}

/** What it was, where, and what to do; the traceback has said what it was already where nothing stands between. */
function ending(record: ErrorRecord, saysTitle: boolean): readonly string[] {
  const { model, request, message, hint } = record;
  const title = model === null ? [record.title] : titleLines(model.exception);
  const place = model === null ? "" : placeOf(model.exception);
  const facts = [
    ...(place === "" ? [] : [`in ${place}`]),
    ...(request === null ? [] : [`${request.method} ${maskTarget(request.target)}`]),
    ...message.split("\n"),
    ...hint.split("\n"),
  ];
  const said = facts.filter((fact) => fact.trim() !== "").map((fact) => `  ${safeLine(fact)}`);
  return saysTitle ? [...title.map(safeLine), ...said] : said;
}

/** Where to look first; empty if nowhere. */
function placeOf({ syntax, frames }: ExceptionModel): string {
  if (syntax !== null) return syntax.line > 0 ? `${syntax.file}:${syntax.line}` : syntax.file;
  const frame = mainFrame(frames);
  return frame === null ? "" : framePlace(frame);
}

function framePlace({ function: name, file, line }: FrameModel): string {
  return `${name} (${file}:${line})`;
}
