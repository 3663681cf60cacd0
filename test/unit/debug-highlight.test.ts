import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Language, type TokenKind, highlight, languageOf } from "../../src/debug/highlight.ts";
import { EVIL } from "../support/error-models.ts";

/** Texts of the kind, over all lines. */
function found(kind: TokenKind, text: string, language?: Language): readonly string[] {
  const tokens = highlight(text.split("\n"), language).flat();
  return tokens.filter((token) => token.kind === kind).map((token) => token.text);
}

describe("Python", () => {
  it("knows the kinds apart", () => {
    const text = "@app.route('/')\nasync def pay(cart, n=0x1F):  # now\n    return len(cart) + 1_000.5e-3j";
    expect(found("decorator", text)).toEqual(["@app.route"]);
    expect(found("keyword", text)).toEqual(["async", "def", "return"]);
    expect(found("definition", text)).toEqual(["pay"]);
    expect(found("number", text)).toEqual(["0x1F", "1_000.5e-3j"]);
    expect(found("comment", text)).toEqual(["# now"]);
    expect(found("string", text)).toEqual(["'/'"]);
    expect(found("builtin", text)).toEqual(["len"]);
    expect(found("name", text)).toEqual(["cart", "n", "cart"]);
  });

  it("reads what stands behind a dot as a name", () => {
    expect(found("name", "self.print(x.format)")).toEqual(["self", "print", "x", "format"]);
  });

  it.each([
    ["rb'\\'' + b\"x\"", ["rb'\\''", 'b"x"']],
    ["x = 'it''s' # '", ["'it''s'"]],
    ["Rb'''a'b''' 'c'", ["Rb'''a'b'''", "'c'"]],
    ["print('not closed", ["'not closed"]],
    ["f'{{x}}' f''", ["f'{{x}}'", "f''"]],
  ])("cuts strings out of %s", (text, strings) => {
    expect(found("string", text)).toEqual(strings);
  });

  it("reads the fields of format strings as code, with the quotes of the string in them (PEP 701)", () => {
    const text = `f"a {cart["n"] + len(x)!r:>{width}} b" + y`;
    expect(found("string", text)).toEqual(['f"a ', '"n"', ">", ' b"']);
    expect(found("name", text)).toEqual(["cart", "x", "r", "width", "y"]);
    expect(found("builtin", text)).toEqual(["len"]);
  });

  it("ends the fields of a string with the string's line", () => {
    expect(found("name", `f"{ x\ny = 1`)).toEqual(["x", "y"]);
  });

  it("follows a string in triple quotes over lines", () => {
    expect(found("string", `x = """one\n  'two'\nthree""" + y`)).toEqual([`"""one`, "  'two'", `three"""`]);
  });

  it.each([
    [`of the cart.\n    """\n    return 1`],
    [`of the cart."""\n    return 1`],
    [`first\n\n  last\n""")\nreturn 1`],
  ])("guesses that lines begin inside of a string: %j", (text) => {
    expect(found("keyword", text)).toEqual(["return"]);
  });

  it.each([[`def f():\n    """\n    if it rains`], [`return 1\nx = """\nif`], [`def f():\n  """Not for`]])(
    "does not where a string is open at the end: %j",
    (text) => {
      expect(found("keyword", text)).toHaveLength(1);
    },
  );

  it.each([
    ["match value:", ["match"]],
    ["    case [1, 2]:", ["case"]],
    ["case {'a': b} if b:", ["case", "if"]],
    ["match = 1", []],
    ["match  = {1: 2}[1:]; x: int", []],
    ["match.group(1)", []],
    ["case: int = 1", []],
    ["match(x)", []],
    ["type Pair[T] = tuple[T, T]", ["type"]],
    ["type(x)", []],
    ["type = 1", []],
  ])("takes soft keywords for keywords where they are: %s", (text, keywords) => {
    expect(found("keyword", text)).toEqual(keywords);
  });

  it("tells names of any script", () => {
    expect(found("name", "größe = 名前")).toEqual(["größe", "名前"]);
  });
});

describe("templates", () => {
  it("knows code, tags and comments apart", () => {
    const text =
      '<a href="{{ url_for("x")|safe }}">{% if user.name %}{# no #}Hi<!-- so\nit is -->{% endif %}</a>';
    expect(found("keyword", text, "template")).toEqual(["a", "if", "endif", "a"]);
    expect(found("comment", text, "template")).toEqual(["{# no #}", "<!-- so", "it is -->"]);
    expect(found("string", text, "template")).toEqual(['"', '"x"', '"']);
    expect(found("builtin", text, "template")).toEqual(["safe"]);
    expect(found("name", text, "template")).toEqual(["href", "url_for", "user", "name"]);
  });
});

describe("languages", () => {
  it.each([
    ["/app/shop/cart.py", "python"],
    ["<string>", "python"],
    ["/app/bin/manage", "python"],
    ["/app/templates/base.html", "template"],
    ["/app/templates/mail.txt", "template"],
    ["<unknown template>", "template"],
    ["<template>", "template"],
    ["/app/queries/all.sql", "plain"],
  ])("%s is %s", (file, language) => {
    expect(languageOf(file)).toBe(language);
  });
});

const languages = ["python", "template", "plain"] as const;
const pieces = fc.constantFrom(
  ..."\"\"\" ''' \" ' { } {{ }} : ! f\" rf''' \\ # {% %} {# #} <a > ( ) [ ] def match case 1.e5 x é \u{1F600} \uD800 \n \r".split(
    " ",
  ),
  " ",
  "\n",
  EVIL,
);

describe.each(languages)("any text as %s", (language) => {
  it("is kept to the letter", () => {
    const texts = fc.oneof(
      fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(texts), (lines) => {
        const tokens = highlight(lines, language);
        expect(tokens.map((line) => line.map(({ text }) => text).join(""))).toEqual(lines);
        expect(tokens.flat().filter(({ text }) => text === "")).toEqual([]);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it.each([
    "(",
    "f'{",
    '"',
    "a",
    "0",
    "1_",
    "@a.",
    "match ",
    " ",
    "{{",
    "<",
    "é",
    "\\",
    ".",
    "{",
    "f'{a:",
    "case\t",
  ])("is read in time where it is 200,000 characters of %j", (piece) => {
    const line = piece.repeat(200_000 / piece.length);
    const begun = performance.now();
    highlight([line, line], language);
    // A quadratic scanner takes minutes.
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});
