/** A traceback as Python prints it, taken apart for show. */

/** Lines of a traceback that belong together, as they were printed. */
export type TracebackPart =
  | {
      readonly kind: "frame";
      /** What stands before the file name, the name, what stands between, the line's number, the rest. */
      readonly head: readonly [before: string, file: string, between: string, line: string, after: string];
      /** Source lines, and marks under them. */
      readonly source: readonly string[];
      /** Neither the application's own nor near it. */
      readonly isLibrary: boolean;
    }
  | { readonly kind: "text"; readonly line: string };

const FRAME = /^([ |]*File ")(.*)(", line )(\d+)(.*)$/;
const LIBRARY = /[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/](?:python|pypy)\d|^<frozen /;
/** Frames of groups stand behind bars. */
const INDENT = /^[ |]*/;

/** Reads a traceback; all lines of the parts together are its text. */
export function readTraceback(traceback: string): readonly TracebackPart[] {
  const parts: TracebackPart[] = [];
  let source: string[] | null = null;
  let indent = 0;
  for (const line of traceback.trimEnd().split("\n")) {
    const [, before, file, between, number, after] = FRAME.exec(line) ?? [];
    if (before !== undefined && file !== undefined) {
      source = [];
      indent = before.length - 'File "'.length;
      const head = [before, file, between ?? "", number ?? "", after ?? ""] as const;
      parts.push({ kind: "frame", head, source, isLibrary: LIBRARY.test(file) });
    } else if (source !== null && (INDENT.exec(line)?.[0].length ?? 0) > indent) {
      source.push(line);
    } else {
      source = null;
      parts.push({ kind: "text", line });
    }
  }
  return parts;
}

const GROUP_ERROR = /^ {2}\| ([A-Z_a-z][\w.]*(?::.*)?)$/m;
const ERROR = /^[A-Z_a-z][\w.]*(?::.*)?$/;

/** The line that says what was raised last, `ValueError: no`; empty where there is none. */
export function errorLine(traceback: string): string {
  if (/^ *\+ Exception Group Traceback/.test(traceback)) return GROUP_ERROR.exec(traceback)?.[1] ?? "";
  const parts = readTraceback(traceback);
  const lastFrame = parts.findLastIndex(({ kind }) => kind === "frame");
  for (const part of parts.slice(lastFrame + 1)) {
    if (part.kind === "text" && ERROR.test(part.line)) return part.line;
  }
  return "";
}
