import type { ErrorModel, ExceptionModel, FrameModel, SyntaxModel } from "../error-model.ts";
import { unitAt } from "./columns.ts";
import { printException } from "./exception-tree.ts";
import { markedLines } from "./marks.ts";

/** Frames that Python prints of one that is repeated. */
const REPEATED = 3;
/** Frames of a cycle that are written out as Python would; beyond that a line says how many there were. */
const WRITTEN = 3000;

/** What Python's own traceback module prints of an error, with all its frames. */
export function renderPlainTraceback(model: ErrorModel): string {
  const lines = printException(model.exception, {
    frames: (exception) => plainFrames(exception, model.python),
    headline: headlineOf,
  });
  return `${lines.join("\n")}\n`;
}

function plainFrames({ frames, omitted }: ExceptionModel, python: string): readonly string[] {
  const lines: string[] = [];
  for (let index = 0; index < frames.length;) {
    const frame = frames[index];
    if (frame === undefined) break;
    const length = frame.recursion?.length ?? 1;
    const cycle = frames.slice(index, index + length);
    const times = (frame.recursion?.times ?? 0) + 1;
    lines.push(...plainCycle(cycle, times, python));
    index += cycle.length;
  }
  // Python has no word for it: it omits nothing.
  return [...lines, ...omitted.map((sentence) => `  [${sentence}]`)];
}

/** Python folds what repeats itself only where it is a single frame. */
function plainCycle(cycle: readonly FrameModel[], times: number, python: string): readonly string[] {
  const once = cycle.flatMap((frame) => plainFrame(frame, python));
  const isFolded = cycle.length === 1 ? times > REPEATED : times * cycle.length > WRITTEN;
  if (!isFolded) return Array.from({ length: times }, () => once).flat();
  const shown = cycle.length === 1 ? REPEATED : 1;
  const repeated = repetitionSentence(cycle.length, times - shown);
  return [...Array.from({ length: shown }, () => once).flat(), `  ${repeated}`];
}

/** As Python says it of one line; of more nothing is said there. */
export function repetitionSentence(length: number, times: number): string {
  const what = length === 1 ? "Previous line" : `Previous ${length} frames`;
  return `[${what} repeated ${times} more time${times === 1 ? "" : "s"}]`;
}

/** A frame with what ran in it. */
function plainFrame(frame: FrameModel, python: string): readonly string[] {
  const lines = [`  File "${frame.file}", line ${frame.line}, in ${codeName(frame.function)}`];
  for (const { text, marks } of markedLines(frame, python)) {
    lines.push(`    ${text}`);
    if (marks !== "") lines.push(`    ${marks}`);
  }
  return lines;
}

/** Python prints the name of the code alone: `total` of `Cart.total`. */
function codeName(name: string): string {
  return /^(?:[\p{ID_Continue}<>]+\.)+/u.test(name) ? name.slice(name.lastIndexOf(".") + 1) : name;
}

/** What was raised, and before it where a file could not be read. */
export function headlineOf(exception: ExceptionModel): readonly string[] {
  return [...syntaxLines(exception.syntax), ...titleLines(exception)];
}

/** Type and message, with notes (PEP 678). */
export function titleLines({ type, message, notes, syntax }: ExceptionModel): readonly string[] {
  const said = syntax === null ? message : syntaxMessage(message, syntax);
  const title = said === "" ? type : `${type}: ${said}`;
  return [title, ...notes].flatMap((text) => text.split("\n"));
}

/** `str()` of a SyntaxError ends in the place, which Python prints on a line of its own. */
function syntaxMessage(message: string, { file }: SyntaxModel): string {
  const at = message.lastIndexOf(` (${file.split(/[/\\]/).at(-1) ?? file}, line`);
  // PyPy tells of several lines.
  return at !== -1 && /, lines? \d+(?:-\d+)?\)$/.test(message.slice(at)) ? message.slice(0, at) : message;
}

function syntaxLines(syntax: SyntaxModel | null): readonly string[] {
  if (syntax === null || syntax.line === 0) return [];
  const place = `  File "${syntax.file === "" ? "<string>" : syntax.file}", line ${syntax.line}`;
  const line = syntax.source?.lines[syntax.line - syntax.source.first];
  return line === undefined
    ? [place]
    : [place, ...markedSyntax(line, syntax.columns).map((text) => `    ${text}`)];
}

/** The line that could not be read, with its mark below it. */
export function markedSyntax(line: string, columns: SyntaxModel["columns"]): readonly string[] {
  const text = line.replace(/^[ \n\f]+/, "").trimEnd();
  if (columns === null) return [text];
  const cut = line.length - line.replace(/^[ \n\f]+/, "").length;
  const start = unitAt(line, columns[0]) - cut;
  // Marks may stand behind the end, as where something is missing there; not without end.
  const length = Math.min(Math.max(1, columns[1] - columns[0]), line.length + 1);
  if (start < 0) return [text];
  // Tabs are kept, so that the mark stands where the character does.
  return [text, line.slice(cut, cut + start).replace(/\S/gu, " ") + "^".repeat(length)];
}
