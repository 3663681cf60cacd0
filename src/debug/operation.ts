import { highlight } from "./highlight.ts";

/** What an expression does at last, `a + b`, `a[b]` or `a(b)`, and where that is written: the operator, or brackets. */
export interface Operation {
  readonly kind: "binary" | "subscript" | "call";
  readonly start: number;
  readonly end: number;
}

/** A part of an expression: brackets with what is in them are one. */
interface Part {
  readonly kind: "operand" | "operator" | "(" | "[";
  readonly text: string;
  readonly start: number;
  end: number;
}

/** The higher, the tighter (The Python Language Reference, 6.17). */
const BINDING: ReadonlyMap<string, number> = new Map(
  ["|", "^", "&", "<< >>", "+ -", "* / // % @", "**"].flatMap((operators, level) =>
    operators.split(" ").map((operator) => [operator, level] as const),
  ),
);
const UNARY: ReadonlySet<string> = new Set(["+", "-", "~", "await"]);
/** Words that are values; every other keyword makes of an expression something else. */
const VALUES: ReadonlySet<string> = new Set(["None", "True", "False"]);
const OPERATOR = /\*\*|\/\/|<<|>>|[-+*/%@&|^~.]/y;

/** Null where the expression is something else, or is none. */
export function operationOf(expression: string): Operation | null {
  const parts = partsOf(expression);
  if (parts === null) return null;
  return binaryOf(parts) ?? trailerOf(parts);
}

function binaryOf(parts: readonly Part[]): Operation | null {
  let loosest: Part | null = null;
  let level = Number.POSITIVE_INFINITY;
  for (const [index, part] of parts.entries()) {
    const binding = BINDING.get(part.text);
    const isBinary = index > 0 && parts[index - 1]?.kind !== "operator";
    if (part.kind !== "operator" || binding === undefined || !isBinary) continue;
    // The last of equals is done last; of powers the first.
    if (binding < level || (binding === level && part.text !== "**")) {
      loosest = part;
      level = binding;
    }
  }
  const [first] = parts;
  // `-a ** b` is `-(a ** b)`.
  const isNegated = first !== undefined && first.text !== "await" && UNARY.has(first.text);
  if (loosest === null || (loosest.text === "**" && isNegated)) return null;
  return { kind: "binary", start: loosest.start, end: loosest.end };
}

/** Of an expression without binary operators. */
function trailerOf(parts: readonly Part[]): Operation | null {
  const last = parts.at(-1);
  if (
    parts.length < 2 ||
    last === undefined ||
    parts.some(({ text }) => UNARY.has(text) || BINDING.has(text))
  ) {
    return null;
  }
  if (last.kind !== "(" && last.kind !== "[") return null;
  return { kind: last.kind === "(" ? "call" : "subscript", start: last.start, end: last.end };
}

/** Null where something stands between the parts that is in no operation: a comparison, a comma, a keyword. */
function partsOf(expression: string): readonly Part[] | null {
  const parts: Part[] = [];
  const brackets: Part[] = [];
  for (const { kind, text, start } of lexemesOf(expression)) {
    const end = start + text.length;
    const open = brackets.at(-1);
    if ("([{".includes(text)) {
      // Behind an operand a brace is a field of a format string.
      const bracket: Part["kind"] = text === "(" || text === "[" ? text : "operand";
      brackets.push({ kind: bracket, text, start, end });
    } else if (")]}".includes(text)) {
      if (open === undefined) return null;
      brackets.pop();
      if (brackets.length === 0) parts.push({ ...open, end });
    } else if (open === undefined) {
      if (kind === "operator" && !BINDING.has(text) && !UNARY.has(text) && text !== ".") return null;
      if (kind === "keyword" && !VALUES.has(text) && text !== "await") return null;
      parts.push({
        kind: kind === "operator" || text === "await" ? "operator" : "operand",
        text,
        start,
        end,
      });
    }
  }
  return brackets.length === 0 ? parts : null;
}

interface Lexeme {
  readonly kind: "operator" | "keyword" | "operand";
  readonly text: string;
  readonly start: number;
}

function lexemesOf(expression: string): readonly Lexeme[] {
  const lexemes: Lexeme[] = [];
  let at = 0;
  for (const line of highlight(expression.split("\n"))) {
    for (const { kind, text } of line) {
      if (kind === "operator") for (const operator of operatorsOf(text, at)) lexemes.push(operator);
      else if (kind === "keyword") lexemes.push({ kind, text, start: at });
      else if (kind !== "plain" && kind !== "comment") lexemes.push({ kind: "operand", text, start: at });
      at += text.length;
    }
    at += 1;
  }
  return lexemes;
}

/** The scanner hands out operators in a row as one. */
function operatorsOf(text: string, start: number): readonly Lexeme[] {
  const lexemes: Lexeme[] = [];
  for (let at = 0; at < text.length;) {
    OPERATOR.lastIndex = at;
    const operator = OPERATOR.exec(text)?.[0] ?? text[at] ?? "";
    lexemes.push({ kind: "operator", text: operator, start: start + at });
    at += operator.length;
  }
  return lexemes;
}
