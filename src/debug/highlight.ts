import { PythonScanner } from "./highlight/python.ts";
import { TemplateScanner } from "./highlight/template.ts";
import type { Token } from "./highlight/token.ts";

export type { Token, TokenKind } from "./highlight/token.ts";

export type Language = "python" | "template" | "plain";

const TEMPLATE = /\.(?:html?|xhtml|xml|jinja2?|j2|djhtml)$/i;
/** Django and Jinja make text of any kind, from files that stand here. */
const IN_TEMPLATES = /[/\\](?:jinja2|templates)[/\\]/;
const PYTHON = /\.(?:pyw?|pyi|pyx)$/i;

/** By the name of a file, or what Python has in place of one. */
export function languageOf(file: string): Language {
  if (PYTHON.test(file)) return "python";
  if (TEMPLATE.test(file) || file.includes("template>") || IN_TEMPLATES.test(file)) return "template";
  // `<string>`, `<stdin>`; and scripts, which have no ending.
  const name = file.split(/[/\\]/).at(-1) ?? "";
  return file.startsWith("<") || !name.includes(".") ? "python" : "plain";
}

/**
 * Cuts lines into what is coloured alike. The texts of a line's tokens are that line, whatever it is: what cannot be
 * read as code is coloured wrongly at worst. Time is in proportion to the text.
 *
 * @param lines some of a file; they may begin and end in the middle of anything
 */
export function highlight(
  lines: readonly string[],
  language: Language = "python",
): readonly (readonly Token[])[] {
  switch (language) {
    case "python":
      return highlightPython(lines);
    case "template": {
      const scanner = new TemplateScanner();
      return lines.map((line) => scanner.scan(line));
    }
    case "plain":
      return lines.map((text) => (text === "" ? [] : [{ kind: "plain", text }]));
  }
}

function highlightPython(lines: readonly string[]): readonly (readonly Token[])[] {
  const scanner = new PythonScanner();
  const tokens = lines.map((line) => scanner.scan(line));
  // A string that is open at the end may be the closing quotes of one that was open at the beginning.
  const open = scanner.openString;
  if (open === null || !beginsInside(lines, open)) return tokens;
  const again = new PythonScanner(open);
  return lines.map((line) => again.scan(line));
}

/** Whether the first `"""` of the lines ends a string: a guess from what stands around it. */
function beginsInside(lines: readonly string[], quotes: string): boolean {
  const at = lines.findIndex((line) => line.includes(quotes));
  const line = lines[at] ?? "";
  const column = line.indexOf(quotes);
  const before = line.slice(0, column).trimEnd();
  const behind = line.slice(column + quotes.length).trim();
  if (before.trim() !== "") {
    // Code before it opens; prose is closed. `x = r"""`, `call("""`, `return f"""`.
    return !/(?:[=([{,:+%]|\breturn|\byield)\s*[a-zA-Z]{0,2}$/.test(before);
  }
  if (behind !== "") return /^(?:[).,\]}]|%|\.format\b|#)/.test(behind);
  // Alone on its line: it opens below `def f():`, and as the first of all lines nobody knows.
  const above = lines.slice(0, at).findLast((each) => each.trim() !== "");
  return above !== undefined && !":([{,=".includes(above.trimEnd().at(-1) ?? "");
}
