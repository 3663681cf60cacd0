import type { ErrorModel, ExceptionModel, FrameModel, SyntaxModel } from "../error-model.ts";
import type { Paint, Style } from "../log/colour.ts";
import { linesAround, paintMarked, runningLines } from "./ansi-source.ts";
import type { EditorLink, FilePlace } from "./editor-links.ts";
import type { ErrorRecord } from "./error-record.ts";
import { printException } from "./exception-tree.ts";
import { type FrameEntry, describeFold, foldFrames, mainFrame } from "./fold.ts";
import { markedSyntax, repetitionSentence, titleLines } from "./render-plain.ts";
import { safeLine } from "./safe-line.ts";
import { maskTarget } from "./secrets.ts";
import { terminalLink } from "./terminal-links.ts";
import { variableLines } from "./variable-lines.ts";

export interface AnsiOptions {
  /** Puts text in colours, or leaves it: `paintFor(wantsColour(…))`. */
  readonly paint: Paint;
  /** Columns of the terminal. @defaultValue 80 */
  readonly width?: number;
  /** Files in this folder are named from there. @defaultValue none */
  readonly folder?: string;
  /** Address of the error's page; the last line. @defaultValue none */
  readonly page?: string | null;
  /** Makes links of places, where the terminal has them (`showsLinks`). @defaultValue none */
  readonly link?: EditorLink | null;
}

type Options = Required<AnsiOptions>;

const WIDTH = 80;
/** Variables of the frame to look at. */
const VARIABLES = 8;
/** Source and variables stand this far from the edge. */
const INDENTATION = 4;
/** Where libraries are installed. */
const PACKAGES = /[/\\](?:site|dist)-packages[/\\](.+)$/;

/**
 * An error for a terminal: a traceback with library frames folded, source in colours, and variables of the frame to look
 * at; at the end, where the eye is, what it was and where to go on. Control characters of the application's are escaped.
 */
export function renderAnsi(record: ErrorRecord, given: AnsiOptions): string {
  const options: Options = { width: WIDTH, folder: "", page: null, link: null, ...given };
  const { model } = record;
  const traceback = model === null ? givenTraceback(record, options) : ownTraceback(model, options);
  return `${[...traceback, "", ...ending(record, options)].join("\n")}\n`;
}

/** An error that was shown whole just before: what it was, where, and where to go on. */
export function renderAgain(record: ErrorRecord, given: AnsiOptions): string {
  const options: Options = { width: WIDTH, folder: "", page: null, link: null, ...given };
  const { paint } = options;
  const frame = mainFrame(record.model?.exception.frames ?? []);
  const place = frame === null ? "" : paint(", ", "dim") + placeOf(frame, options);
  const title = `${paint(safeLine(record.title), "bold", "red")}${paint(" again", "dim")}${place}`;
  return `${[title, ...ending(record, options)].join("\n")}\n`;
}

function givenTraceback({ traceback, title }: ErrorRecord, { paint }: Options): readonly string[] {
  const lines = traceback
    .trimEnd()
    .split("\n")
    .map((line) => paint(safeLine(line), "dim"));
  return [...(traceback === "" ? [] : lines), paint(safeLine(title), "bold", "red")];
}

function ownTraceback({ exception, python }: ErrorModel, options: Options): readonly string[] {
  const { paint } = options;
  return printException(exception, {
    frames: (each) => framesOf(each, exception, python, options),
    headline: (each) => headline(each, options),
    dress: (line) => paint(line, "dim"),
  });
}

function framesOf(
  { frames, omitted }: ExceptionModel,
  outermost: ExceptionModel,
  python: string,
  options: Options,
): readonly string[] {
  // Of all that led to it, it is the error itself that is looked into.
  const main = frames === outermost.frames && outermost.syntax === null ? mainFrame(frames) : null;
  return [
    ...foldFrames(frames).flatMap((entry) => entryLines(entry, main, python, options)),
    ...omitted.map((sentence) => options.paint(`  [${safeLine(sentence)}]`, "dim")),
  ];
}

function entryLines(
  entry: FrameEntry,
  main: FrameModel | null,
  python: string,
  options: Options,
): readonly string[] {
  const { paint } = options;
  const { repeated } = entry;
  const note =
    repeated === null ? [] : [paint(`  ${repetitionSentence(repeated.length, repeated.times)}`, "yellow")];
  if (entry.kind === "fold") return [paint(`  … ${safeLine(describeFold(entry))}`, "dim"), ...note];
  return [...frameLines(entry.frame, entry.frame === main, python, options), ...note];
}

function frameLines(frame: FrameModel, isMain: boolean, python: string, options: Options): readonly string[] {
  const { paint, width } = options;
  const source = { python, paint, width: width - INDENTATION };
  const lines = isMain ? linesAround(frame, source) : runningLines(frame, source);
  const info = frame.info === "" ? [] : [paint(`(${safeLine(frame.info)})`, "dim")];
  const variables = isMain ? variablesOf(frame, options) : [];
  const below = [...lines, ...info, ...variables].map((line) => " ".repeat(INDENTATION) + line);
  return [`  ${placeOf(frame, options)} in ${paint(safeLine(frame.function), "bold")}`, ...below];
}

function variablesOf(frame: FrameModel, { paint, width }: Options): readonly string[] {
  const limits = { count: VARIABLES, width: width - INDENTATION };
  return variableLines(frame, limits).map((line) =>
    typeof line === "string"
      ? paint(line, "dim")
      : `${paint(line.name, "cyan")}${paint(" = ", "dim")}${line.value}`,
  );
}

function placeOf({ file, line, range, owner }: FrameModel, options: Options): string {
  const place = { file, line, column: (range?.startColumn ?? 0) + 1 };
  return placeText(place, owner === "application" ? "cyan" : "dim", options);
}

/** `shop/cart.py:14`, of which terminals of editors make links by themselves; libraries need their whole path for that. */
function placeText(place: FilePlace, style: Style, { paint, folder, link }: Options): string {
  const { file, line } = place;
  const url = link?.(place) ?? null;
  const inPackages = url === null ? null : PACKAGES.exec(file);
  const isOwn = folder !== "" && file.startsWith(`${folder}/`);
  const name = inPackages?.[1] ?? (isOwn ? file.slice(folder.length + 1) : file);
  const text = paint(safeLine(line > 0 ? `${name}:${line}` : name), style);
  return url === null ? text : terminalLink(text, url);
}

/** The type stands out; where a syntax error is comes before it. */
function headline(exception: ExceptionModel, options: Options): readonly string[] {
  const { paint } = options;
  const [first = "", ...rest] = titleLines(exception);
  const type = first.startsWith(exception.type) ? exception.type : first;
  return [
    ...(exception.syntax === null ? [] : syntaxLines(exception.syntax, options)),
    paint(safeLine(type), "bold", "red") + paint(safeLine(first.slice(type.length)), "bold"),
    // Indented: a line of the application's is not to be taken for one of the server's.
    ...rest.map((line) => " ".repeat(INDENTATION) + safeLine(line)),
  ];
}

function syntaxLines(syntax: SyntaxModel, options: Options): readonly string[] {
  const { file, line, columns, source } = syntax;
  const place = `  ${placeText({ file, line, column: (columns?.[0] ?? 0) + 1 }, "cyan", options)}`;
  const text = source?.lines[line - source.first];
  if (text === undefined) return [place];
  const [code = "", marks = ""] = markedSyntax(text, columns);
  const lines = paintMarked({ text: code, marks }, file, { ...options, width: options.width - INDENTATION });
  return [place, ...lines.map((each) => " ".repeat(INDENTATION) + each)];
}

/** What it came of, what to do, and where to look. */
function ending({ request, message, hint }: ErrorRecord, { paint, page }: Options): readonly string[] {
  const facts = [
    ...(request === null ? [] : [`${request.method} ${maskTarget(request.target)}`]),
    ...message.split("\n"),
    ...hint.split("\n"),
  ];
  const said = facts.filter((fact) => fact.trim() !== "").map((fact) => `  ${safeLine(fact)}`);
  return page === null ? said : [...said, `  Debugger: ${paint(safeLine(page), "cyan")}`];
}
