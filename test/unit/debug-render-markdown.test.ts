import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { details, fence, inlineCode } from "../../src/debug/markdown-parts.ts";
import { renderMarkdown } from "../../src/debug/render-markdown.ts";
import { secretsOf } from "../../src/debug/request-secrets.ts";
import { version } from "../../src/version.ts";
import {
  EVIL,
  dictionary,
  error,
  errorModels,
  errorRecord,
  exception,
  frame,
  instance,
  libraryFrame,
  literal,
  plain,
  requestRecord,
  source,
  text,
  variable,
  withTexts,
} from "../support/error-models.ts";

/** Lines outside of fences: those that Markdown is read in. */
function outside(markdown: string): readonly string[] {
  let ticks = "";
  return markdown.split("\n").filter((line) => {
    if (ticks === "") {
      ticks = /^`{3,}/.exec(line)?.[0] ?? "";
      return ticks === "";
    }
    if (line.trim() === ticks) ticks = "";
    return false;
  });
}

/** Secrets of a request, where no name tells them. */
function leaky(where: string): string {
  return `${where} opensesame c00kie-value h3ader-key k-123456 t0psecret postgres://me:hunter22@db/x /?token=qu3ry`;
}

describe("an error for an issue tracker", () => {
  it("has a title, where it runs, the traceback, variables and the request", () => {
    expect(renderMarkdown(errorRecord(errorModels.withoutMessage))).toBe(`\
### \`AssertionError\`

- \`Python 3.12.1\`
- Highball ${version}
- \`POST /pay?coupon=tea&token=••••••(8–15)\`, answered 500

\`\`\`pytb
Traceback (most recent call last):
  File "/home/me/shop/shop/cart.py", line 14, in share
    return total / len(people or ())
           ~~~~~~^~~~~~~~~~~~~~~~~~~
AssertionError
\`\`\`

<details>
<summary>Variables of Cart.share (/home/me/shop/shop/cart.py&#58;14)</summary>

\`\`\`python
self    = Cart(owner='ada', items=[3, 4, … 120 more])
people  = []
total   = 7
prices  = {'tea': 3, 'cake': [4, {'half': 2.0}]}
note    = 'a long note a long note a long note a long note a long note a long note a long note a long note a long note a long note a long note a long note a long note a long note a long note a long n…
session = ••••••(8–15)
lazy    = <shop.cart.Cart: RuntimeError: Working outside of application context>
\`\`\`

</details>

<details>
<summary>Request</summary>

\`\`\`http
POST /pay?coupon=tea&token=••••••(8–15) HTTP/1.1
Host: localhost:8000
Authorization: Bearer ••••••(8–15)
Cookie: session=••••••(8–15)
Content-Type: application/x-www-form-urlencoded
Content-Length: 29

people=&card=4111111111111111
\`\`\`

</details>

<details>
<summary>Printed before</summary>

\`\`\`
loading prices
share of 0 people
\`\`\`

</details>
`);
  });

  it("tells no secret, whatever holds it", () => {
    const body = Buffer.from('{"password": "opensesame", "nested": [{"api_key": "k-123456"}], "n": 1}');
    const request = requestRecord({
      body,
      bodySize: body.length,
      headers: [
        ["Cookie", "theme=midnight; session=c00kie-value"],
        ["X-Api-Key", "h3ader-key"],
        ["Content-Type", "application/json"],
      ],
    });
    const model = error({
      message: leaky("message"),
      notes: [leaky("note")],
      context: exception({ message: leaky("context") }),
      members: [exception({ message: leaky("member") })],
      frames: [
        frame({
          info: leaky("info"),
          source: source(3, `    client = Client(api_key="s0urce-key", token=token) # ${leaky("source")}`),
          variables: [
            variable("password", text("'v4riable'")),
            variable("secrets", dictionary([[text("'a'"), text("'n3sted'")]])),
            variable("form", dictionary([[text("'password'"), text("'keyed-one'")]])),
            variable("user", instance("User", { token: text("'f1eld'"), isAuth: literal("True", "bool") })),
            variable("request", plain(`<Request 'http://x/' ${leaky("repr")}>`)),
            variable("harmless", text(`'${leaky("text")}'`)),
            variable("session", literal("None", "NoneType")),
          ],
        }),
      ],
    });
    const rendered = renderMarkdown(errorRecord(model, { request, output: [leaky("output")] }));
    const secrets = [
      "opensesame",
      "c00kie-value",
      "h3ader-key",
      "k-123456",
      "t0psecret",
      "hunter22",
      "987654",
    ];
    const others = ["s0urce-key", "v4riable", "n3sted", "keyed-one", "f1eld", "midnight"];
    for (const secret of [...secrets, ...others]) expect(rendered).not.toContain(secret);
    expect(rendered).toContain("token=token)");
    expect(rendered).toContain("session  = None");
    const gone = renderMarkdown(
      errorRecord(null, { request, traceback: leaky("traceback"), title: leaky("x") }),
    );
    for (const secret of secrets) expect(gone).not.toContain(secret);
  });

  it("leaves what is none", () => {
    const model = error({ type: "KeyError", message: "'tea'" });
    const rendered = renderMarkdown(errorRecord(model, { output: ["KeyError: 'tea'"] }));
    expect(rendered.match(/KeyError: 'tea'/g)).toHaveLength(3);
  });

  it("folds libraries where a traceback is long, and cuts one that is longer", () => {
    const libraries = Array.from({ length: 300 }, (_, line) => libraryFrame({ line }));
    const folded = renderMarkdown(errorRecord(error({ frames: [frame(), ...libraries, frame()] })));
    expect(folded).toContain("  … 300 frames of flask\n");
    const own = Array.from({ length: 300 }, (_, line) => frame({ line: line + 1000 }));
    const cut = renderMarkdown(errorRecord(error({ frames: own })));
    expect(cut).toContain("\n… 102 more lines …\n");
    expect(cut).toContain("line 1000,");
    expect(cut).toContain("line 1299,");
  });

  it("is short enough for an issue, whatever the error is", () => {
    const long = "x".repeat(20_000);
    const variables = Array.from({ length: 100 }, (_, index) => variable(`v${index}`, text(long)));
    const frames = Array.from({ length: 500 }, () =>
      frame({ variables, info: long, source: source(3, long) }),
    );
    const body = Buffer.from(long);
    const headers = Array.from({ length: 100 }, (_, index) => [`X-${index}`, long] as const);
    const record = errorRecord(error({ type: long, message: long, frames }), {
      request: requestRecord({ body, bodySize: 20_000, headers, target: long }),
      output: Array.from({ length: 100 }, () => long),
    });
    expect(renderMarkdown(record).length).toBeLessThan(65_536);
  });

  it.each([
    [Buffer.from([0xff, 0, 1]), 3, "\n(3 bytes of application/x-www-form-urlencoded)\n"],
    [null, 5_000_000, "\n(5000000 bytes of application/x-www-form-urlencoded)\n"],
  ])("says the size of a body that is not shown", (body, bodySize, said) => {
    expect(renderMarkdown(errorRecord(error(), { request: requestRecord({ body, bodySize }) }))).toContain(
      said,
    );
  });

  it("says where it happened if not where most do", () => {
    expect(renderMarkdown(errorRecord(error(), { place: "thread", request: null }))).toContain(
      "\n- in a thread of the application\n",
    );
  });

  it("keeps every text in its place", () => {
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."`~*_<>#@|\\[]()!-\n\r\t a1\u001B\u202E".split("")) }),
      fc.constantFrom(EVIL, "```\n", "</details>", "````pytb\n```"),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(errorModels)),
        fc.array(texts, { minLength: 1 }),
        (shape, replacements) => {
          let next = 0;
          const other = (): string => replacements[next++ % replacements.length] ?? "";
          const rendered = renderMarkdown(
            errorRecord(withTexts(shape, other), {
              output: [other()],
              hint: other(),
              request: requestRecord({ target: other(), method: other(), headers: [[other(), other()]] }),
            }),
          );
          // A heading, list items in code, and what unfolds: nothing of the application's stands elsewhere.
          const parts =
            /^(?:|### (`+) ?.*? ?\1|- (`+) ?.*? ?\2(?:, answered 500)?|- Highball .*|<\/?details>|<summary>[^<>`@]*<\/summary>)$/;
          for (const line of outside(rendered)) expect(line).toMatch(parts);
          for (const line of rendered.split("\n")) expect(line).toMatch(/^[^\p{Cc}\u202A-\u202E]*$/u);
          const read = outside(rendered);
          expect(read.filter((line) => line === "</details>")).toHaveLength(
            read.filter((line) => line === "<details>").length,
          );
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe("secrets of a request", () => {
  it("are those that names tell, longest first, in each spelling", () => {
    const request = requestRecord({
      target: "/?token=a%20b%2Fcdef&page=2",
      body: Buffer.from("password=pass+word&x=1"),
      environ: [
        ["HTTP_X_CSRF_TOKEN", "csrf-1"],
        ["DB_PASSWORD", "env-secret-1"],
        ["PATH_INFO", "/not-a-secret"],
      ],
    });
    expect(secretsOf(request)).toEqual([
      "env-secret-1",
      "a%20b%2Fcdef",
      "pass%20word",
      "t0psecret",
      "pass word",
      "a b/cdef",
      "csrf-1",
    ]);
  });

  it("are none where they are masked, or too short to be told", () => {
    const headers = [["Cookie", "a=••••••(8–15); b=1"]] as const;
    expect(secretsOf(requestRecord({ target: "/", headers, environ: null, body: null }))).toEqual([]);
  });
});

describe("parts of Markdown", () => {
  it("cannot be left", () => {
    expect(inlineCode("a `b` ``c``")).toBe("``` a `b` ``c`` ```");
    expect(inlineCode("`")).toBe("`` ` ``");
    expect(inlineCode("\na\nb")).toBe("`a b`");
    expect(inlineCode("")).toBe("` `");
    expect(fence(["```", "x"])).toEqual(["````", "```", "x", "````"]);
    expect(details("<b> @me", ["x"])).toEqual([
      "<details>",
      "<summary>&#60;b&#62; &#64;me</summary>",
      "",
      "x",
      "",
      "</details>",
    ]);
  });
});
