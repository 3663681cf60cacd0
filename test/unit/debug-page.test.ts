/** The debugger's pages as text: well-formed, with nothing of the application's unescaped, under a strict policy. */
import { assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import type { ErrorModel } from "../../src/error-model.ts";
import type { Page } from "../../src/http/error-page/page.ts";
import { renderConsolePage } from "../../src/debug/page/console-page.ts";
import { renderErrorPage } from "../../src/debug/page/error-page.ts";
import { renderIndexPage } from "../../src/debug/page/index-page.ts";
import { renderMissingPage } from "../../src/debug/page/missing-page.ts";
import type { PageContext } from "../../src/debug/page/page-context.ts";
import { renderRequestPage, renderRequestsPage } from "../../src/debug/page/requests-page.ts";
import { renderUnlockPage } from "../../src/debug/page/unlock-page.ts";
import { notFound } from "../../src/debug/refusal.ts";
import { masks } from "../../src/debug/secrets.ts";
import { bareText, readTags } from "../support/html-tags.ts";
import {
  dividing,
  error,
  errorModels,
  errorRecord,
  EVIL,
  exception,
  frame,
  plain,
  requestRecord,
  source,
  text,
  variable,
} from "../support/error-models.ts";

const context: PageContext = {
  run: "run",
  version: "mwovma0e.4.1",
  evaluates: true,
  project: "/home/me/shop",
  editorLink: ({ file, line, column }) => `vscode://file${encodeURI(file)}:${line}:${column}`,
  masks,
};

function pageOf(model: ErrorModel | null, overrides: Parameters<typeof errorRecord>[1] = {}): Page {
  return renderErrorPage(errorRecord(model, overrides), context);
}

/** Every page there is, with errors of every shape. */
const pages: readonly (readonly [name: string, page: Page])[] = [
  ...Object.entries(errorModels).map(([name, model]) => [`error: ${name}`, pageOf(model)] as const),
  ["crash", pageOf(null, { place: "crash", traceback: EVIL, message: EVIL, hint: EVIL, title: EVIL })],
  ["thread", pageOf(errorModels.plain, { place: "thread", request: null })],
  ["errors", renderIndexPage([errorRecord(errorModels.evil), errorRecord(errorModels.plain)], context)],
  ["no errors", renderIndexPage([], context)],
  [
    "requests",
    renderRequestsPage([requestRecord(), requestRecord({ target: `/${EVIL}`, status: null })], context),
  ],
  ["request", renderRequestPage(requestRecord({ method: EVIL, target: `/${EVIL}` }), context)],
  ["console", renderConsolePage(context)],
  ["no evaluation", renderConsolePage({ ...context, evaluates: false })],
  ["unlock", renderUnlockPage({ ...context, project: EVIL })],
  ["missing", renderMissingPage(notFound(EVIL, EVIL), context)],
];

describe("every page", () => {
  it.each(pages)("is well-formed: %s", (_name, { text: html }) => {
    expect(html.startsWith("<!doctype html>\n")).toBe(true);
    const { ids, problems } = readTags(html);
    expect(problems).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(pages)(
    "has a policy that lets nothing in but its own style and script: %s",
    (_name, { policy, text: html }) => {
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
      expect(nonce).toMatch(/^[\w+/]{22}==$/);
      expect(policy).not.toContain("unsafe");
      expect(policy.split("; ")).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          `script-src 'nonce-${nonce}'`,
          `style-src 'nonce-${nonce}'`,
          "connect-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'none'",
        ]),
      );
      for (const { name, attributes } of readTags(html).tags) {
        const own = name === "script" || name === "style" ? nonce : undefined;
        expect(attributes.get("nonce")).toBe(own);
        // What a policy would refuse, and what would load something.
        for (const attribute of attributes.keys())
          expect(attribute).not.toMatch(/^(?:on|style$|src|srcset|action|background)/);
      }
    },
  );

  it.each(pages)("says its language, its width, and one title: %s", (_name, { text: html }) => {
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(html.match(/<title>/g)).toHaveLength(1);
    expect(html.match(/<h1/g)).toHaveLength(1);
  });
});

it("no two pages share a nonce", () => {
  const policies = Array.from({ length: 20 }, () => pageOf(errorModels.plain).policy);
  expect(new Set(policies).size).toBe(20);
});

/** Text that tries to be markup, among text of any kind. */
const evilText = oneof(
  constantFrom(
    EVIL,
    "</pre>",
    "</style>",
    "<!--",
    "-->",
    "<script>",
    '" onclick="x',
    "' x='",
    "&lt;",
    "]]>",
    "\0",
  ),
  string({ unit: "binary", maxLength: 40 }),
);

it("text of any field stands on the page as it is, and is never markup", () => {
  const plainTags = tagNames(pageFor("harmless"));
  assert(
    property(evilText, (evil) => {
      const page = pageFor(evil);
      // The same elements and attributes, whatever the text is.
      expect(tagNames(page)).toEqual(plainTags);
      // NUL cannot stand in a document.
      expect(bareText(page.text)).toContain(evil.replaceAll("\0", "\uFFFD"));
    }),
    { numRuns: 200, seed: 4 },
  );
});

/** A page that has a text wherever the application could put one. */
function pageFor(evil: string): Page {
  const word = `x${evil}`;
  const items = {
    kind: "items",
    type: word,
    opening: word,
    items: [
      { key: word, value: plain(word, word) },
      { key: text(word), value: text(word, 3) },
    ],
    more: 2,
    closing: word,
  } as const;
  const spot = frame({
    id: word,
    file: word,
    function: word,
    module: word,
    info: word,
    line: 2,
    source: source(1, "first", word),
    variables: [variable(word, text(word)), variable("items", items)],
  });
  const notes = [word];
  const cause = exception({ type: word, message: word, notes, frames: [spot], omitted: [word] });
  const syntax = { file: word, line: 1, columns: null, source: source(1, word) };
  return pageOf(
    error({ type: word, message: word, notes, frames: [spot], cause, syntax, members: [cause] }),
    {
      title: word,
      message: `message ${word}`,
      hint: word,
      output: [word],
      place: "stream",
      request: requestRecord({
        method: word,
        target: `/${word}`,
        headers: [[word, word]],
        environ: [[word, word]],
        body: Buffer.from(word),
        bodySize: 1,
        remoteAddress: word,
      }),
    },
  );
}

function tagNames({ text: html }: Page): readonly string[] {
  return (
    readTags(html)
      .tags
      // A message of several lines has one more element, a long text or one of a query others: what is inside counts.
      .filter(({ name }) => !FLEXIBLE.has(name))
      .map(({ name, attributes }) => `${name} ${[...attributes.keys()].join(" ")}`)
  );
}

const FLEXIBLE: ReadonlySet<string> = new Set([
  "pre",
  "span",
  "code",
  "details",
  "summary",
  "small",
  "ul",
  "b",
  "div",
  "dl",
  "dt",
  "dd",
  "p",
  "mark",
]);

/** The name of what is seen first. */
const first = (model: ErrorModel): string =>
  /class="panel first"[^]*?<h2[^>]*>([^]*?)<\/h2>/.exec(pageOf(model).text)?.[1] ?? "";

/** A page with such a body in its request. */
const shown = (body: Buffer | null, type: string, bodySize = body?.length ?? 0): string =>
  bareText(
    pageOf(errorModels.plain, {
      request: requestRecord({ headers: [["content-type", type]], body, bodySize }),
    }).text,
  );

describe("the page of an error", () => {
  it("has its title and where it was in the title", () => {
    expect(pageOf(errorModels.plain).text).toContain(
      "<title>ZeroDivisionError: division by zero — POST /pay?",
    );
    expect(pageOf(errorModels.plain, { request: null }).text).toContain(
      "<title>ZeroDivisionError: division by zero</title>",
    );
  });

  it("shows no secret of the request", () => {
    expect(pageOf(errorModels.plain).text).not.toContain("t0psecret");
  });

  it("shows what it knows of an error that Python could not describe", () => {
    const page = bareText(
      pageOf(null, {
        place: "crash",
        title: "Worker died",
        message: "Worker 7 was killed",
        hint: "Look there",
        traceback: "Fatal",
      }).text,
    );
    for (const part of ["Worker died", "Worker 7 was killed", "Look there", "Fatal"])
      expect(page).toContain(part);
  });

  it("begins with the innermost frame of the application, or where no Python was", () => {
    expect(first(errorModels.plain)).toContain("Cart.share");
    expect(first(errorModels.syntax)).toBe("This cannot be read as Python");
    expect(first(errorModels.libraryOnly)).toContain("dispatch_request");
    expect(first(error({ members: [exception({ frames: [dividing] })] }))).toContain("Cart.share");
  });

  it("marks what was running by characters, also beyond the first plane", () => {
    const range = { startLine: 1, startColumn: 11, endLine: 1, endColumn: 14 };
    const running = frame({ line: 1, range, source: source(1, '    x = "\u{1F600}"+ 1 # more') });
    const mark = /<mark>([^]*?)<\/mark>/.exec(pageOf(error({ frames: [running] })).text)?.[1] ?? "";
    expect(bareText(mark)).toBe("+ 1");
  });

  it("opens an editor at the line and the column", () => {
    expect(pageOf(errorModels.plain).text).toContain('href="vscode://file/home/me/shop/shop/cart.py:14:16"');
    expect(renderErrorPage(errorRecord(), { ...context, editorLink: null }).text).not.toContain("vscode:");
  });

  it("shows what was printed without the colours of a terminal", () => {
    const output = ["\u001B[31mred\u001B[0m", "stderr: \u001B]8;;https://x\u001B\\link\u001B]8;;\u001B\\"];
    expect(bareText(pageOf(errorModels.plain, { output }).text)).toMatch(/red\nlink\n/);
  });

  it("says how often frames were repeated, and what was left out", () => {
    expect(bareText(pageOf(errorModels.recursion).text)).toContain("these 2 frames 480 more times");
    expect(bareText(pageOf(errorModels.recursionOfOne).text)).toContain("this frame 980 more times");
    expect(bareText(pageOf(errorModels.cut).text)).toContain("740 frames in the middle were left out.");
  });

  it("says when the process that held the frames has ended", () => {
    const debuggee = { pid: 1, isGone: true } as never;
    expect(bareText(pageOf(errorModels.plain, { debuggee }).text)).toContain("has ended");
    expect(bareText(pageOf(errorModels.plain).text)).not.toContain("has ended");
  });

  it("tolerates what is missing: source, variables, frames, a message", () => {
    expect(bareText(pageOf(error({ frames: [frame({ source: null })] })).text)).toContain(
      "There is no source to show.",
    );
    for (const name of ["neverRaised", "withoutMessage", "syntaxWithoutSource"] as const)
      expect(pageOf(errorModels[name]).text).toContain(errorModels[name].exception.type.split(".").at(-1));
  });

  it("shows a form, JSON, bytes, and a body that was too large", () => {
    expect(shown(Buffer.from("name=caf%C3%A9"), "application/x-www-form-urlencoded")).toContain("café");
    expect(shown(Buffer.from('{"n": 1}'), "application/json")).toContain('{"n": 1}');
    expect(shown(Buffer.from([0, 1, 2]), "application/octet-stream")).toContain("3 bytes, not text");
    expect(shown(null, "text/plain", 5_000_000)).toContain("5,000,000 bytes was too large to keep");
  });
});
