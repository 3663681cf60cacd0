/**
 * Errors as a worker describes them, made by hand: every shape that Python has. Whoever renders errors is tested
 * with all of them.
 */

import type {
  ErrorModel,
  ExceptionModel,
  FrameModel,
  SourceModel,
  ValueModel,
  VariableModel,
} from "../../src/error-model.ts";
import type { ErrorRecord } from "../../src/debug/error-record.ts";
import type { RequestRecord } from "../../src/debug/request-record.ts";

const PROJECT = "/home/me/shop";
const PACKAGES = `${PROJECT}/.venv/lib/python3.12/site-packages`;
const PYTHON = "/usr/lib/python3.12";

/** Tries to leave whatever it is put into: HTML, an attribute, a script, a fence, a terminal's line. */
export const EVIL: string =
  `</script><script>alert(1)</script><img src=x onerror="alert('2')">\`\`\`\n# not a title\n` +
  `\u001B[2J\u001B]8;;file:///etc/passwd\u0007click\u001B]8;;\u0007\u009B31m\u202Egnp.exe\0&amp;`;

export function frame(overrides: Partial<FrameModel> = {}): FrameModel {
  return {
    id: "",
    file: `${PROJECT}/shop/cart.py`,
    line: 3,
    function: "total",
    module: "shop.cart",
    owner: "application",
    hidden: false,
    info: "",
    range: null,
    source: null,
    variables: [],
    recursion: null,
    ...overrides,
  };
}

/** Of Flask, or whatever the module says. */
export function libraryFrame(overrides: Partial<FrameModel> = {}): FrameModel {
  const module = overrides.module ?? "flask.app";
  return frame({
    file: `${PACKAGES}/${module.replaceAll(".", "/")}.py`,
    line: 880,
    function: "dispatch_request",
    module,
    owner: "library",
    source: source(880, "        return self.ensure_sync(self.view_functions[rule.endpoint])(**view_args)"),
    ...overrides,
  });
}

/** Of Python's own library. */
export function standardFrame(overrides: Partial<FrameModel> = {}): FrameModel {
  return frame({
    file: `${PYTHON}/threading.py`,
    line: 1010,
    function: "Thread.run",
    module: "threading",
    owner: "standard",
    source: source(1010, "            self._target(*self._args, **self._kwargs)"),
    ...overrides,
  });
}

export function source(first: number, ...lines: readonly string[]): SourceModel {
  return { first, lines };
}

export function exception(overrides: Partial<ExceptionModel> = {}): ExceptionModel {
  return {
    type: "ValueError",
    message: "not a number",
    notes: [],
    cause: null,
    context: null,
    members: [],
    syntax: null,
    frames: [],
    omitted: [],
    ...overrides,
  };
}

export function error(overrides: Partial<ExceptionModel> = {}): ErrorModel {
  return { python: "Python 3.12.1", exception: exception(overrides) };
}

export function literal(repr: string, type = "int"): ValueModel {
  return { kind: "literal", type, text: repr, cut: 0 };
}

export function text(repr: string, cut = 0): ValueModel {
  return { kind: "text", type: "str", text: repr, cut };
}

export function plain(repr: string, type = "shop.cart.Cart", cut = 0): ValueModel {
  return { kind: "plain", type, text: repr, cut };
}

export function broken(reason: string, type = "shop.cart.Cart"): ValueModel {
  return { kind: "broken", type, text: reason, cut: 0 };
}

export function list(items: readonly ValueModel[], more = 0): ValueModel {
  const keyless = items.map((value) => ({ key: null, value }));
  return { kind: "items", type: "list", opening: "[", items: keyless, more, closing: "]" };
}

export function dictionary(items: readonly (readonly [ValueModel, ValueModel])[], more = 0): ValueModel {
  const keyed = items.map(([key, value]) => ({ key, value }));
  return { kind: "items", type: "dict", opening: "{", items: keyed, more, closing: "}" };
}

/** `Point(x=1, y=2)`. */
export function instance(type: string, fields: Readonly<Record<string, ValueModel>>): ValueModel {
  const items = Object.entries(fields).map(([key, value]) => ({ key, value }));
  return { kind: "items", type, opening: `${type}(`, items, more: 0, closing: ")" };
}

export function variable(name: string, value: ValueModel): VariableModel {
  return { name, value };
}

/** The frame that raises: line 14 of cart.py divides. */
export const dividing: FrameModel = frame({
  id: "7.2",
  line: 14,
  function: "Cart.share",
  range: { startLine: 14, startColumn: 15, endLine: 14, endColumn: 40 },
  source: source(
    8,
    "    def share(self, people: int) -> float:",
    '        """What each of them pays."""',
    "        total = 0",
    "        for item in self.items:",
    "            total += item.price",
    "        # nobody pays for nobody",
    "        return total / len(people or ())",
  ),
  variables: [
    variable(
      "self",
      instance("Cart", { owner: text("'ada'"), items: list([literal("3"), literal("4")], 120) }),
    ),
    variable("people", list([])),
    variable("total", literal("7")),
    variable(
      "prices",
      dictionary([
        [text("'tea'"), literal("3")],
        [text("'cake'"), list([literal("4"), dictionary([[text("'half'"), literal("2.0", "float")]])])],
      ]),
    ),
    variable("note", text(`'${"a long note ".repeat(20)}'`, 4096)),
    variable("session", plain("<Session 7f>", "flask.sessions.SecureCookieSession")),
    variable("lazy", broken("RuntimeError: Working outside of application context")),
  ],
});

/** As Flask calls it. */
export const flaskFrames: readonly FrameModel[] = [
  libraryFrame({
    line: 1536,
    function: "Flask.__call__",
    source: source(1536, "        return self.wsgi_app(environ, start_response)"),
  }),
  libraryFrame({
    line: 1511,
    function: "Flask.wsgi_app",
    source: source(1511, "            response = self.full_dispatch_request()"),
  }),
  libraryFrame({ module: "werkzeug.local", function: "LocalProxy.__get__", line: 311, source: null }),
  frame({
    id: "7.1",
    file: `${PROJECT}/app.py`,
    line: 21,
    function: "pay",
    module: "app",
    range: { startLine: 21, startColumn: 11, endLine: 21, endColumn: 30 },
    source: source(19, '@app.post("/pay")', "def pay():", "    return str(cart.share([]))", "", "# the end"),
    variables: [variable("cart", plain("<Cart of 'ada'>"))],
  }),
  dividing,
];

const opening = frame({
  line: 41,
  function: "load",
  source: source(41, '    with open("prices.txt") as file:'),
});
const wanting = frame({ line: 30, function: "price", source: source(30, "        return prices[name]") });
const nameless = exception({ type: "KeyError", message: "'tea'", frames: [wanting] });

export type ErrorShape =
  | "plain"
  | "withoutMessage"
  | "manyLines"
  | "neverRaised"
  | "cause"
  | "context"
  | "group"
  | "syntax"
  | "syntaxWithoutSource"
  | "recursion"
  | "recursionOfOne"
  | "libraryOnly"
  | "hidden"
  | "cut"
  | "template"
  | "multiline"
  | "unicode"
  | "evil";

/** Every shape. */
export const errorModels: Readonly<Record<ErrorShape, ErrorModel>> = {
  plain: error({ type: "ZeroDivisionError", message: "division by zero", frames: flaskFrames }),
  withoutMessage: error({ type: "AssertionError", message: "", frames: [dividing] }),
  manyLines: error({
    message: "first\nsecond\n\nfourth",
    notes: ["a note", "of two\nlines"],
    frames: [dividing],
  }),
  neverRaised: error({ type: "shop.errors.Unpaid", message: "never raised" }),
  cause: error({
    type: "shop.cart.NoPrice",
    message: "tea",
    frames: [dividing],
    cause: exception({
      ...nameless,
      context: exception({
        type: "FileNotFoundError",
        message: "[Errno 2] No such file or directory: 'prices.txt'",
        frames: [opening],
      }),
    }),
  }),
  context: error({
    type: "AttributeError",
    message: "'NoneType' object has no attribute 'price'",
    frames: [dividing],
    context: nameless,
  }),
  group: error({
    type: "ExceptionGroup",
    message: "two went wrong (2 sub-exceptions)",
    frames: [
      frame({
        function: "checkout",
        line: 50,
        source: source(50, '    raise ExceptionGroup("two went wrong", errors)'),
      }),
    ],
    members: [
      exception({ frames: [dividing], notes: ["while it rained"] }),
      exception({
        type: "ExceptionGroup",
        message: "inner (2 sub-exceptions)",
        members: [
          exception({
            type: "KeyError",
            message: "'a'",
            cause: exception({ type: "TypeError", message: "why" }),
          }),
          exception({ type: "OSError", message: "" }),
        ],
      }),
    ],
  }),
  syntax: error({
    type: "SyntaxError",
    message: "'(' was never closed (cart.py, line 4)",
    frames: [
      frame({
        file: `${PROJECT}/app.py`,
        line: 1,
        function: "<module>",
        module: "app",
        source: source(1, "import shop.cart"),
      }),
    ],
    syntax: {
      file: `${PROJECT}/shop/cart.py`,
      line: 4,
      columns: [14, 15],
      source: source(3, "def total(self):", "    return sum(item.price"),
    },
  }),
  syntaxWithoutSource: error({
    type: "IndentationError",
    message: "unexpected indent",
    syntax: { file: "<string>", line: 0, columns: null, source: null },
  }),
  recursion: error({
    type: "RecursionError",
    message: "maximum recursion depth exceeded",
    frames: [
      libraryFrame(),
      frame({
        function: "even",
        line: 2,
        source: source(1, "def even(n):", "    return odd(n - 1)"),
        recursion: { length: 2, times: 480 },
      }),
      frame({ function: "odd", line: 5, source: source(4, "def odd(n):", "    return even(n - 1)") }),
      frame({ function: "even", line: 2, source: source(1, "def even(n):", "    return odd(n - 1)") }),
    ],
  }),
  recursionOfOne: error({
    type: "RecursionError",
    message: "maximum recursion depth exceeded",
    frames: [
      frame({
        function: "down",
        line: 2,
        source: source(1, "def down(n):", "    return down(n - 1)"),
        recursion: { length: 1, times: 980 },
      }),
    ],
  }),
  /** Nothing of the application's on the stack. */
  libraryOnly: error({
    type: "werkzeug.exceptions.BadRequest",
    message: "400 Bad Request",
    frames: [
      libraryFrame({ line: 1 }),
      libraryFrame({ line: 2 }),
      libraryFrame({ module: "werkzeug.wrappers.request", line: 3 }),
      standardFrame(),
      libraryFrame({ line: 5 }),
    ],
  }),
  hidden: error({
    frames: [
      libraryFrame({ hidden: true }),
      frame({ hidden: true, function: "secret_helper" }),
      dividing,
      frame({ hidden: true, function: "raise_it" }),
    ],
  }),
  cut: error({
    frames: [frame(), dividing],
    omitted: [
      "740 frames in the middle were left out.",
      "Variables of 3 frames were left out: describing them took too long.",
    ],
  }),
  /** No file behind a frame. */
  template: error({
    type: "jinja2.exceptions.UndefinedError",
    message: "'user' is undefined",
    frames: [
      libraryFrame({ module: "jinja2.environment" }),
      frame({
        file: `${PROJECT}/templates/base.html`,
        line: 2,
        function: "top-level template code",
        module: "",
        info: "in the page of a user",
        source: source(
          1,
          "<ul>{# all #}",
          '  {% for item in user.items %}<li class="x">{{ item|title }}</li>',
          "{% endfor %}</ul>",
        ),
      }),
      frame({ file: "<string>", line: 1, function: "<module>", module: "" }),
    ],
  }),
  /** Over several lines (PEP 657). */
  multiline: error({
    type: "TypeError",
    message: "unsupported operand",
    frames: [
      frame({
        line: 11,
        range: { startLine: 11, startColumn: 11, endLine: 13, endColumn: 5 },
        source: source(10, "def total(self):", "    return add(", "        1,", '    "两",', "    )"),
      }),
    ],
  }),
  /** Lone surrogates are replaced by the worker; what is beyond the first plane is two units in JavaScript. */
  unicode: error({
    message: "caf\uFFFD \u{1F600}",
    frames: [
      frame({
        line: 1,
        function: "größe",
        range: { startLine: 1, startColumn: 10, endLine: 1, endColumn: 13 },
        source: source(1, '    x = "\u{1F600}"+ 1 # \uFFFD'),
        variables: [variable("名前", text("'\uFFFD'"))],
      }),
    ],
  }),
  evil: error({
    type: `Evil${EVIL}`,
    message: EVIL,
    notes: [EVIL],
    omitted: [EVIL],
    frames: [
      frame({
        id: `"><i>${EVIL}`,
        file: `/tmp/${EVIL}/x.py`,
        line: 2,
        function: EVIL,
        module: EVIL,
        info: EVIL,
        range: { startLine: 2, startColumn: 3, endLine: 2, endColumn: 40 },
        source: source(1, ...EVIL.split("\n")),
        variables: [
          variable(EVIL, text(EVIL)),
          variable("broken", broken(EVIL, EVIL)),
          variable("items", {
            kind: "items",
            type: EVIL,
            opening: EVIL,
            items: [{ key: EVIL, value: plain(EVIL, EVIL) }],
            more: 1,
            closing: EVIL,
          }),
        ],
      }),
      libraryFrame({ module: EVIL, file: EVIL }),
      frame({ source: null }),
    ],
    syntax: { file: EVIL, line: 1, columns: [0, 900], source: source(1, EVIL) },
    cause: exception({ type: EVIL, message: EVIL }),
  }),
};

export function requestRecord(overrides: Partial<RequestRecord> = {}): RequestRecord {
  const body = Buffer.from("people=&card=4111111111111111");
  return {
    id: 12,
    at: Date.UTC(2026, 10, 20, 12, 0, 0),
    method: "POST",
    target: "/pay?coupon=tea&token=t0psecret",
    protocol: "HTTP/1.1",
    headers: [
      ["Host", "localhost:8000"],
      ["Authorization", "Bearer t0psecret"],
      ["Cookie", "session=t0psecret"],
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["Content-Length", String(body.length)],
    ],
    body,
    bodySize: body.length,
    environ: [
      ["REQUEST_METHOD", "POST"],
      ["PATH_INFO", "/pay"],
      ["QUERY_STRING", "coupon=tea&token=t0psecret"],
    ],
    remoteAddress: "127.0.0.1",
    status: 500,
    duration: 12.4,
    error: 7,
    replayOf: null,
    ...overrides,
  };
}

/** A record of the model, or of none. */
export function errorRecord(
  model: ErrorModel | null = errorModels.plain,
  overrides: Partial<ErrorRecord> = {},
): ErrorRecord {
  const title = model === null ? "WORKER_DIED" : `${model.exception.type}: ${model.exception.message}`;
  return {
    id: 7,
    at: Date.UTC(2026, 10, 20, 12, 0, 1),
    place: "request",
    title: title.split("\n")[0] ?? title,
    message: "The application raised an exception.",
    hint: "",
    traceback: model === null ? "" : `Traceback (most recent call last):\n${title}\n`,
    model,
    request: requestRecord(),
    version: "mwovma0e.4.1",
    pid: 4711,
    debuggee: null,
    output: ["loading prices", "share of 0 people"],
    ...overrides,
  };
}

/** The model with every text in it changed, however deep. */
export function withTexts(model: ErrorModel, change: (text: string) => string): ErrorModel {
  const kinds = new Set([
    "application",
    "library",
    "standard",
    "plain",
    "text",
    "literal",
    "items",
    "broken",
  ]);
  const revived: unknown = JSON.parse(JSON.stringify(model), (_key, value: unknown) =>
    typeof value === "string" && !kinds.has(value) ? change(value) : value,
  );
  return revived as ErrorModel;
}
