import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderText } from "../../src/debug/render-text.ts";
import {
  dividing,
  error,
  errorModels,
  errorRecord,
  exception,
  frame,
  libraryFrame,
  literal,
  plain,
  text,
  variable,
  withTexts,
} from "../support/error-models.ts";

const quiet = { message: "", output: [], request: null };

/** What leaves text on its line, and is nothing to a terminal. */
const HARMLESS = /^[^\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]*$/u;

describe("an error as text", () => {
  it("is a traceback, variables, output, and at the end the error", () => {
    expect(renderText(errorRecord(errorModels.plain))).toBe(`\
Traceback (most recent call last):
  … 3 frames of flask, werkzeug
  File "/home/me/shop/app.py", line 21, in pay
    return str(cart.share([]))
           ^^^^^^^^^^^^^^^^^^^
  File "/home/me/shop/shop/cart.py", line 14, in Cart.share
    return total / len(people or ())
           ~~~~~~^~~~~~~~~~~~~~~~~~~
ZeroDivisionError: division by zero

Variables of pay (/home/me/shop/app.py:21):
  cart = <Cart of 'ada'>

Variables of Cart.share (/home/me/shop/shop/cart.py:14):
  self    = Cart(owner='ada', items=[3, 4, … 120 more])
  people  = []
  total   = 7
  prices  = {'tea': 3, 'cake': [4, {'half': 2.0}]}
  note    = 'a long note a long note a long note a long note a long note a long note a long note a …
  session = <Session 7f>
  lazy    = <shop.cart.Cart: RuntimeError: Working outside of application context>

Printed before:
  loading prices
  share of 0 people

ZeroDivisionError: division by zero
  in Cart.share (/home/me/shop/shop/cart.py:14)
  POST /pay?coupon=tea&token=••••••(8–15)
  The application raised an exception.
`);
  });

  it("says the error once where nothing stands between", () => {
    const record = errorRecord(error({ frames: [frame()] }), quiet);
    expect(renderText(record)).toBe(`\
Traceback (most recent call last):
  File "/home/me/shop/shop/cart.py", line 3, in total
ValueError: not a number

  in total (/home/me/shop/shop/cart.py:3)
`);
  });

  it("folds recursions, and says what was left out", () => {
    const record = errorRecord(errorModels.recursion, quiet);
    expect(renderText(record)).toContain(
      "return even(n - 1)\n  [Previous 2 frames repeated 480 more times]\n",
    );
    expect(renderText(errorRecord(errorModels.recursionOfOne, quiet))).toContain(
      "\n  [Previous line repeated 980 more times]\n",
    );
    expect(renderText(errorRecord(errorModels.cut, quiet))).toContain(
      "\n  [740 frames in the middle were left out.]\n",
    );
  });

  it("says where a file cannot be read, and of what to look at", () => {
    const lines = renderText(errorRecord(errorModels.syntax, quiet)).split("\n");
    expect(lines).toContain('  File "/home/me/shop/shop/cart.py", line 4');
    expect(lines).toContain("    return sum(item.price");
    expect(lines).toContain("              ^");
    expect(lines.at(-2)).toBe("  in /home/me/shop/shop/cart.py:4");
  });

  it("shows what a frame says of itself", () => {
    expect(renderText(errorRecord(errorModels.template))).toContain("\n    (in the page of a user)\n");
  });

  it("shows the traceback that there is where there is no model", () => {
    const traceback = "Fatal Python error: Segmentation fault\n\n\u001B[2J  File x\n";
    const record = errorRecord(null, { ...quiet, traceback, title: "died", hint: "Look\ninto it." });
    expect(renderText(record)).toBe(
      "Fatal Python error: Segmentation fault\n\n\\x1B[2J  File x\n\ndied\n  Look\n  into it.\n",
    );
  });

  it("bounds variables: in number, in width, and in frames", () => {
    const variables = Array.from({ length: 40 }, (_, index) =>
      variable(`v${index}`, literal("1".repeat(500))),
    );
    const frames = Array.from({ length: 6 }, (_, line) => frame({ line, variables }));
    const lines = renderText(errorRecord(error({ frames }), quiet), { width: 60 }).split("\n");
    expect(lines.filter((line) => line.startsWith("Variables of")).map((line) => line.at(-3))).toEqual([
      "3",
      "4",
      "5",
    ]);
    expect(lines.filter((line) => line.startsWith("  v"))).toHaveLength(36);
    expect(lines).toContain("  … 28 more");
    expect(Math.max(...lines.map((line) => line.length))).toBe(60);
  });

  it("shows a value of several lines on one", () => {
    const frames = [
      frame({ variables: [variable("table", plain("a\n\tb\r\n")), variable("long", text("'x'", 7))] }),
    ];
    expect(renderText(errorRecord(error({ frames }), quiet))).toContain(
      "  table = a\\n\\tb\\r\\n\n  long  = 'x'… 7 more characters\n",
    );
  });

  it("shows variables of a library only where none is the application's", () => {
    const library = libraryFrame({ function: "inner", variables: [variable("x", literal("1"))] });
    expect(renderText(errorRecord(error({ frames: [dividing, library] })))).not.toContain("of inner");
    expect(renderText(errorRecord(error({ frames: [library] })))).toContain("of inner");
  });

  it("holds no secret of the request's, and no control character of anybody's", () => {
    for (const model of Object.values(errorModels)) {
      const rendered = renderText(errorRecord(model, { output: ["\u001B[31mred"], hint: "\u0007" }));
      expect(rendered).not.toContain("t0psecret");
      for (const line of rendered.split("\n")) expect(line).toMatch(HARMLESS);
    }
  });

  it("is rendered of any text", () => {
    const shapes = fc.constantFrom(...Object.values(errorModels), error(exception({ frames: [dividing] })));
    fc.assert(
      fc.property(shapes, fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (shape, texts) => {
        let next = 0;
        const model = withTexts(shape, (old) => texts[next++ % texts.length] ?? old);
        for (const line of renderText(errorRecord(model)).split("\n")) expect(line).toMatch(HARMLESS);
      }),
      { seed: 4 },
    );
  });
});
