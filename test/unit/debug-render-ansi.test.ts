import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, sliceColumns } from "../../src/debug/columns.ts";
import { editorLinks } from "../../src/debug/editor-links.ts";
import { type AnsiOptions, renderAgain, renderAnsi } from "../../src/debug/render-ansi.ts";
import { repetitions } from "../../src/debug/show-error.ts";
import { showsLinks, terminalLink } from "../../src/debug/terminal-links.ts";
import type { ErrorModel } from "../../src/error-model.ts";
import { paintFor } from "../../src/log/colour.ts";
import {
  EVIL,
  error,
  errorModels,
  errorRecord,
  flaskFrames,
  frame,
  source,
  text as textValue,
  variable,
  withTexts,
} from "../support/error-models.ts";

const page = "http://127.0.0.1:8000/__highball__/errors/7";
const folder = "/home/me/shop";

function rendered(model: ErrorModel | null, options: Partial<AnsiOptions> = {}): string {
  return renderAnsi(errorRecord(model), { paint: paintFor(false), folder, page, ...options });
}

const ESCAPE = "\u001B";
/** The sequences that we write: one style, or a link of harmless characters. */
const OURS = new RegExp(String.raw`${ESCAPE}\[\d\d?m|${ESCAPE}\]8;;[!-~]*${ESCAPE}\\`, "g");
const HARMLESS = /^[^\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]*$/u;

describe("an error in a terminal", () => {
  it("folds libraries, shows source around where to look, and ends with where to go on", () => {
    expect(rendered(errorModels.plain)).toBe(`\
Traceback (most recent call last):
  … 3 frames of flask, werkzeug
  app.py:21 in pay
    return str(cart.share([]))
           ^^^^^^^^^^^^^^^^^^^
  shop/cart.py:14 in Cart.share
       13  # nobody pays for nobody
    >  14  return total / len(people or ())
                  ~~~~~~^~~~~~~~~~~~~~~~~~~
    self    = Cart(owner='ada', items=[3, 4, … 120 more])
    people  = []
    total   = 7
    prices  = {'tea': 3, 'cake': [4, {'half': 2.0}]}
    note    = 'a long note a long note a long note a long note a long note a lo…
    session = <Session 7f>
    lazy    = <shop.cart.Cart: RuntimeError: Working outside of application con…
ZeroDivisionError: division by zero

  POST /pay?coupon=tea&token=••••••(8–15)
  The application raised an exception.
  Debugger: ${page}
`);
  });

  it("that comes again soon, from the same line of the same code, is shown in short", () => {
    const repeats = repetitions();
    const record = errorRecord(errorModels.plain);
    const { at } = record;
    expect(repeats(record)).toBe(false);
    expect(repeats({ ...record, id: 8, at: at + 9_000 })).toBe(true);
    // Not for ever: it has scrolled away by then.
    expect(repeats({ ...record, at: at + 10_000 })).toBe(false);
    expect(repeats({ ...record, at: at + 10_001, version: "other" })).toBe(false);
    expect(repeats({ ...record, at: at + 10_002, version: "other", title: "KeyError" })).toBe(false);
    expect(renderAgain(record, { paint: paintFor(false), folder, page })).toBe(`\
ZeroDivisionError: division by zero again, shop/cart.py:14
  POST /pay?coupon=tea&token=••••••(8–15)
  The application raised an exception.
  Debugger: ${page}
`);
  });

  it("keeps what is around indented as it is", () => {
    expect(rendered(errorModels.multiline)).toContain(`\
  shop/cart.py:11 in total
       10  def total(self):
    >  11      return add(
                      ^^^^
       14      )
`);
  });

  it("looks into the error itself, not into what led to it", () => {
    const lines = rendered(errorModels.cause).split("\n");
    expect(lines.filter((line) => line.startsWith("    >"))).toEqual([
      "    >  14  return total / len(people or ())",
    ]);
  });

  it("indents what a message has in further lines, so that none of them looks like the server's own", () => {
    const lines = rendered(error({ message: "no\n  Stopping.", notes: ["a\nnote"] })).split("\n");
    expect(lines.filter((line) => /Stopping|note|^ +a$/.test(line))).toEqual([
      "      Stopping.",
      "    a",
      "    note",
    ]);
  });

  it("shows where a file cannot be read", () => {
    expect(rendered(errorModels.syntax)).toContain(
      "  shop/cart.py:4\n    return sum(item.price\n              ^\nSyntaxError: '(' was never closed\n",
    );
    expect(rendered(errorModels.syntaxWithoutSource)).toContain(
      "  <string>\nIndentationError: unexpected indent",
    );
  });

  it("cuts lines that are too long around what ran", () => {
    const line = `${"first + ".repeat(100)}second`;
    const range = { startLine: 1, startColumn: 400, endLine: 1, endColumn: 405 };
    const frames = [
      frame({ line: 1, range, source: source(1, line) }),
      frame({ line: 1, source: source(1, line) }),
    ];
    const lines = rendered(error({ frames }), { width: 60 }).split("\n");
    expect(lines[2]).toMatch(/^ {4}….{54}…$/);
    expect(lines[3]).toBe(`${" ".repeat(4 + 20)}^^^^^`);
    expect(lines[2]?.slice(24, 29)).toBe("first");
    expect(Math.max(...lines.slice(0, 7).map((each) => each.length))).toBe(60);
  });

  it.each([
    [29, "return sum(weights[i] for i in items)", "weights[i]"],
    [29, "totals = [price for price in 日本語の値段[number] if price > 0]", "日本語の値段[number]"],
    [40, `value = "${"漢字".repeat(30)}" + price`, "price"],
    [24, `${"x".repeat(40)} + ${"y".repeat(40)}`, "y".repeat(40)],
  ])("keeps the marks below what ran in %i columns, however wide it is: %s", (room, line, ran) => {
    const startColumn = line.indexOf(ran);
    const range = { startLine: 1, startColumn, endLine: 1, endColumn: startColumn + ran.length };
    const running = frame({ line: 1, range, source: source(1, line), variables: [] });
    const lines = rendered(error({ frames: [running] }), { width: room + 4 + 7 }).split("\n");
    const [text = "", marks = ""] = lines.slice(2, 4);
    expect(displayWidth(text)).toBeLessThanOrEqual(room + 4 + 7);
    expect(displayWidth(marks)).toBeLessThanOrEqual(room + 4 + 7);
    const [from, to] = [marks.search(/\S/), marks.length];
    expect(ran).toContain(sliceColumns(text, from, to).replace(/…$/, ""));
    expect(sliceColumns(text, from, to)[0]).toBe(ran[0]);
  });

  it("counts two columns for what is two wide, also in values", () => {
    const word = variable("word", textValue(`'${"日本語".repeat(40)}'`));
    const lines = rendered(error({ frames: [frame({ variables: [word] })] }), { width: 50 }).split("\n");
    const line = lines.find((each) => each.includes("word")) ?? "";
    expect(line).toMatch(/^ {4}word = '日本語.*…$/);
    expect(displayWidth(line)).toBeLessThanOrEqual(50);
    expect(displayWidth(line)).toBeGreaterThan(46);
  });

  it("is coloured where colours are wanted", () => {
    const text = rendered(errorModels.plain, { paint: paintFor(true) });
    expect(text).toContain(`${ESCAPE}[35mreturn${ESCAPE}[39m total / `);
    expect(text).toContain(`${ESCAPE}[36mshop/cart.py:14${ESCAPE}[39m`);
    expect(text.replaceAll(OURS, "")).toBe(rendered(errorModels.plain));
  });

  it("links places to the editor where terminals know links", () => {
    const link = editorLinks("vscode", folder, {});
    expect(rendered(errorModels.plain, { link })).toContain(
      `${ESCAPE}]8;;vscode://file/home/me/shop/app.py:21:12${ESCAPE}\\app.py:21${ESCAPE}]8;;${ESCAPE}\\ in pay`,
    );
    expect(rendered(errorModels.libraryOnly, { link }).replaceAll(OURS, "")).toContain(
      "\n  flask/app.py:5 in ",
    );
    expect(rendered(errorModels.libraryOnly)).toContain("/site-packages/flask/app.py:5 in ");
  });

  it("shows the traceback that there is where there is no model", () => {
    const record = errorRecord(null, {
      traceback: "Fatal\n\u001B[2J  File x\n",
      title: "died",
      request: null,
    });
    expect(renderAnsi(record, { paint: paintFor(false) })).toBe(
      "Fatal\n\\x1B[2J  File x\ndied\n\n  The application raised an exception.\n",
    );
  });

  it("obeys nothing of the application's", () => {
    const link = editorLinks("vscode", folder, {});
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constant(EVIL),
      fc.constant("\u001B[31m\u001B]8;;x\u001B\\"),
    );
    const shapes = fc.constantFrom(...Object.values(errorModels), error({ frames: flaskFrames }));
    fc.assert(
      fc.property(shapes, fc.array(texts, { minLength: 1 }), (shape, replacements) => {
        let next = 0;
        const model = withTexts(shape, (old) => replacements[next++ % replacements.length] ?? old);
        for (const line of rendered(model).split("\n")) expect(line).toMatch(HARMLESS);
        const coloured = rendered(model, { paint: paintFor(true), link });
        for (const line of coloured.replaceAll(OURS, "").split("\n")) expect(line).toMatch(HARMLESS);
        // Styles of ours are the only ones: without them it is what it is without colours.
        const linked = rendered(model, { link });
        expect(coloured.replaceAll(OURS, "")).toBe(linked.replaceAll(OURS, ""));
      }),
      { seed: 4 },
    );
  });
});

describe("links in terminals", () => {
  it.each(["x\u0007y", "x\u001B\\y", "x y", "größe", "", "x".repeat(3000)])("are not made of %j", (url) => {
    expect(terminalLink("text", url)).toBe("text");
  });

  it.each([
    [{ TERM_PROGRAM: "iTerm.app" }, true],
    [{ VTE_VERSION: "7600" }, true],
    [{ VTE_VERSION: "4800" }, false],
    [{ KITTY_WINDOW_ID: "1" }, true],
    [{ TERM_PROGRAM: "vscode", TMUX: "/tmp/x" }, false],
    [{ TERM_PROGRAM: "vscode", CI: "true" }, false],
    [{ TERM: "xterm-256color" }, false],
    [{ FORCE_HYPERLINK: "1" }, true],
    [{ TERM_PROGRAM: "vscode", FORCE_HYPERLINK: "0" }, false],
  ])("with %j: %s", (environment, shown) => {
    expect(showsLinks(true, environment)).toBe(shown);
  });

  it("are for terminals", () => {
    expect(showsLinks(false, { TERM_PROGRAM: "iTerm.app" })).toBe(false);
  });
});
