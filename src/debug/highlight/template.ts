import { Line, type Token } from "./token.ts";

/** What the scanner is in: text between tags, a tag of HTML, an attribute's value, code, or a comment. */
type State =
  | { readonly kind: "text" }
  | { readonly kind: "tag" }
  | { readonly kind: "value"; readonly quote: string }
  | { readonly kind: "code"; readonly end: string; isFirst: boolean }
  | { readonly kind: "comment"; readonly end: string };

const SPACE = /\s+/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const WORD = /[\p{ID_Start}_]\p{ID_Continue}*/uy;
const NUMBER = /\d[\d_]*(?:\.\d+)?/y;
/** `<p`, `</p`, `<!doctype`; not `a < b`. */
const TAG = /<[/!]?[a-zA-Z][\w:.-]*/y;
/** Up to what could be the beginning of anything. */
const TEXT = /[^<{]+/y;
const WORDS: ReadonlySet<string> = new Set(
  "and as by context else from if ignore import in is missing not only or recursive with without".split(" "),
);

/** Cuts templates of Jinja and Django, in HTML or any other text, into tokens, line after line. */
export class TemplateScanner {
  readonly #states: State[] = [];

  scan(text: string): readonly Token[] {
    const line = new Line(text);
    while (!line.isOver) this.#step(line, this.#states.at(-1) ?? { kind: "text" });
    return line.tokens;
  }

  #step(line: Line, state: State): void {
    if (state.kind === "comment") return this.#comment(line, state.end);
    if (state.kind === "code") return this.#code(line, state);
    if (this.#opens(line)) return;
    if (state.kind === "value") return this.#value(line, state.quote);
    if (state.kind === "tag") return this.#tag(line);
    this.#text(line);
  }

  /** What may stand anywhere in text: `{{`, `{%`, `{#`. */
  #opens(line: Line): boolean {
    if (line.startsWith("{#")) this.#states.push({ kind: "comment", end: "#}" });
    else if (line.startsWith("{{") || line.startsWith("{%")) {
      const isTag = line.startsWith("{%");
      this.#states.push({ kind: "code", end: isTag ? "%}" : "}}", isFirst: isTag });
      line.take("operator", line.at + 2);
    } else return false;
    return true;
  }

  #text(line: Line): void {
    if (line.startsWith("<!--")) {
      this.#states.push({ kind: "comment", end: "-->" });
      return;
    }
    const tag = line.match(TAG);
    if (tag !== "") {
      line.take("operator", line.at + (/^<[/!]/.test(tag) ? 2 : 1));
      line.take("keyword", line.at + tag.replace(/^<[/!]?/, "").length);
      this.#states.push({ kind: "tag" });
      return;
    }
    line.take("plain", line.at + Math.max(1, line.match(TEXT).length));
  }

  #tag(line: Line): void {
    const character = line.text[line.at] ?? "";
    const space = line.match(SPACE);
    const name = line.match(NAME);
    if (space !== "") line.take("plain", line.at + space.length);
    else if (name !== "") line.take("name", line.at + name.length);
    else if (character === '"' || character === "'") {
      line.take("string", line.at + 1);
      this.#states.push({ kind: "value", quote: character });
    } else {
      line.take("/>=".includes(character) ? "operator" : "plain", line.at + 1);
      if (character === ">") this.#states.pop();
    }
  }

  #value(line: Line, quote: string): void {
    let end = line.at;
    while (
      end < line.text.length &&
      line.text[end] !== quote &&
      (line.text[end] !== "{" || end === line.at)
    ) {
      end++;
    }
    const isOver = line.text[end] === quote;
    line.take("string", isOver ? end + 1 : end);
    if (isOver) this.#states.pop();
  }

  #comment(line: Line, end: string): void {
    const at = line.text.indexOf(end, line.at);
    line.take("comment", at === -1 ? line.text.length : at + end.length);
    if (at !== -1) this.#states.pop();
  }

  #code(line: Line, state: State & { kind: "code" }): void {
    if (line.startsWith(state.end)) {
      line.take("operator", line.at + 2);
      this.#states.pop();
      return;
    }
    const { at } = line;
    const character = line.text[at] ?? "";
    const space = line.match(SPACE);
    const word = line.match(WORD);
    const number = line.match(NUMBER);
    if (space !== "") line.take("plain", at + space.length);
    else if (word !== "") {
      line.take(wordKind(word, state.isFirst, line.text[at - 1]), at + word.length);
      state.isFirst = false;
    } else if (number !== "") line.take("number", at + number.length);
    else if (character === '"' || character === "'") {
      const end = line.text.indexOf(character, at + 1);
      line.take("string", end === -1 ? line.text.length : end + 1);
    } else line.take("operator", at + 1);
  }
}

/** The first word of a tag says what it does; the one behind a bar is a filter. */
function wordKind(word: string, isFirst: boolean, before: string | undefined): Token["kind"] {
  if (isFirst || (WORDS.has(word) && before !== ".")) return "keyword";
  return before === "|" ? "builtin" : "name";
}
