import { BUILTINS, KEYWORDS, PREFIXES } from "./python-words.ts";
import { Line, type Token } from "./token.ts";

/** A string literal that the scanner is in. */
interface OpenString {
  readonly kind: "string";
  /** `"`, `'''`, … or empty in what follows the colon of a field: that ends with the field. */
  readonly quotes: string;
  /** It holds `{fields}`. */
  readonly isFormat: boolean;
}

/** A `{field}` of a format string (PEP 701: any code, quotes of the string's own too). */
interface OpenField {
  readonly kind: "field";
  /** Brackets that are open in it. */
  depth: number;
}

// Each of these is linear: no two parts that repeat can take the same characters.
const SPACE = /[^\S\n]+/y;
const NAME = /[\p{ID_Start}_]\p{ID_Continue}*/uy;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oObB][\d_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?/y;
const OPERATOR = /[-+*/%@&|^~<>=!.,:;()[\]{}]/y;
const QUOTES = /"""|'''|"|'/y;
const DECORATOR = /@\s*[\p{ID_Start}_](?:\p{ID_Continue}|\.)*/uy;
/** `type Name =` and `type Name[T] =` (PEP 695). */
const TYPE_ALIAS = /type\s+[\p{ID_Start}_]\p{ID_Continue}*\s*[=[]/uy;
/** `match value:` and `case pattern:` (PEP 634), with something between that no name is followed by. */
const MATCH_BLOCK = /(?:match|case)(?:\s+(?![\s=.,:)\]}]|(?:and|in|is|if|or)\b)|\s*[[({"'*-])/y;

/** Cuts Python into tokens, line after line. */
export class PythonScanner {
  readonly #open: (OpenString | OpenField)[] = [];
  /** The word before, if it makes a definition of the next: `def`, `class`. */
  #defining = false;

  /** @param quotes of a string that the first line is in */
  constructor(quotes: string | null = null) {
    if (quotes !== null) this.#open.push({ kind: "string", quotes, isFormat: false });
  }

  /** The quotes of the string that the next line is in; null if it is in none. */
  get openString(): string | null {
    const [outermost] = this.#open;
    return outermost?.kind === "string" ? outermost.quotes : null;
  }

  scan(text: string): readonly Token[] {
    const line = new Line(text);
    this.#defining = false;
    if (this.#open.length === 0) this.#begin(line);
    while (!line.isOver) {
      const open = this.#open.at(-1);
      if (open?.kind === "string") this.#string(line, open);
      else this.#code(line, open);
    }
    this.#endLine(text);
    return line.tokens;
  }

  /** What only stands at the beginning of a line: decorators, and words that are keywords there. */
  #begin(line: Line): void {
    line.take("plain", line.match(SPACE).length);
    const decorator = line.match(DECORATOR);
    if (decorator !== "") line.take("decorator", line.at + decorator.length);
    else if (line.match(TYPE_ALIAS) !== "") {
      line.take("keyword", line.at + "type".length);
      this.#defining = true;
    } else if (line.match(MATCH_BLOCK) !== "" && endsInColon(line.text)) {
      line.take("keyword", line.at + (line.startsWith("match") ? "match" : "case").length);
    }
  }

  #code(line: Line, field: OpenField | undefined): void {
    const { at } = line;
    const character = line.text[at] ?? "";
    const space = line.match(SPACE);
    if (space !== "") return line.take("plain", at + space.length);
    if (character === "#") return line.take("comment", line.text.length);
    const quotes = line.match(QUOTES);
    if (quotes !== "") return this.#openQuotes(line, "", quotes);
    const name = line.match(NAME);
    if (name !== "") return this.#name(line, name);
    const number = line.match(NUMBER);
    if (number !== "") return line.take("number", at + number.length);
    if (line.match(OPERATOR) === "") return line.take("plain", at + 1);
    line.take("operator", at + 1);
    if (field !== undefined) this.#inField(field, character, line.text[at + 1] ?? "");
  }

  /** A field ends at its brace, and its code at its colon. */
  #inField(field: OpenField, character: string, next: string): void {
    if ("([{".includes(character)) field.depth++;
    else if (field.depth > 0) {
      if (")]}".includes(character)) field.depth--;
    } else if (character === "}") this.#open.pop();
    else if (character === ":" && next !== "=")
      this.#open.push({ kind: "string", quotes: "", isFormat: true });
  }

  #name(line: Line, name: string): void {
    const end = line.at + name.length;
    line.at = end;
    const quotes = name.length <= 2 && PREFIXES.has(name.toLowerCase()) ? line.match(QUOTES) : "";
    line.at = end - name.length;
    if (quotes !== "") return this.#openQuotes(line, name.toLowerCase(), quotes);
    const isDefinition = this.#defining;
    this.#defining = false;
    if (line.text[line.at - 1] === ".") line.take("name", end);
    else if (KEYWORDS.has(name)) {
      line.take("keyword", end);
      this.#defining = name === "def" || name === "class";
    } else if (isDefinition) line.take("definition", end);
    else line.take(BUILTINS.has(name) ? "builtin" : "name", end);
  }

  #openQuotes(line: Line, prefix: string, quotes: string): void {
    line.take("string", line.at + prefix.length + quotes.length);
    this.#open.push({ kind: "string", quotes, isFormat: /[ft]/.test(prefix) });
  }

  /** Up to the quotes, to a field, or to the end of the line. */
  #string(line: Line, { quotes, isFormat }: OpenString): void {
    const { text } = line;
    let end = line.at;
    for (; end < text.length; end++) {
      const character = text[end];
      // A raw string's backslash, too, keeps the quote behind it from ending the string.
      if (character === "\\" && quotes !== "") end++;
      else if (quotes !== "" && text.startsWith(quotes, end)) {
        line.take("string", end + quotes.length);
        this.#open.pop();
        return;
      } else if (isFormat && (character === "{" || character === "}")) {
        const isEscape = quotes !== "" && text[end + 1] === character;
        if (isEscape) end++;
        else if (character === "{") return this.#openField(line, end);
        else if (quotes === "") return this.#closeField(line, end);
      }
    }
    line.take("string", text.length);
  }

  #openField(line: Line, brace: number): void {
    line.take("string", brace);
    line.take("operator", brace + 1);
    this.#open.push({ kind: "field", depth: 0 });
  }

  /** The brace behind a format: it ends that, and its field. */
  #closeField(line: Line, brace: number): void {
    line.take("string", brace);
    line.take("operator", brace + 1);
    this.#open.splice(-2);
  }

  /** Strings in single quotes end with their line, and whatever is open in them, unless a backslash ends it. */
  #endLine(text: string): void {
    const at = this.#open.findIndex((open) => open.kind === "string" && open.quotes.length === 1);
    if (at !== -1 && !text.endsWith("\\")) this.#open.splice(at);
  }
}

/** Whether a block begins in the line: a colon stands at its end, or before a comment. */
function endsInColon(text: string): boolean {
  const code = text.slice(0, text.includes("#") ? text.indexOf("#") : text.length);
  return code.trimEnd().endsWith(":") || /:\s/.test(code);
}
