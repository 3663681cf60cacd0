import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Failure } from "../../src/application.ts";
import { answerTo, type Audience, type GatewayAnswer, renderAnswer } from "../../src/http/error-page.ts";
import { markup } from "../../src/http/error-page/markup.ts";
import { errorLine, readTraceback } from "../../src/http/error-page/traceback.ts";
import { notLoaded, raised } from "../support/failures.ts";

const SEED = 20261120;

const traceback = `Traceback (most recent call last):
  File "/srv/shop/.venv/lib/python3.11/site-packages/flask/app.py", line 1498, in wsgi_app
    response = self.full_dispatch_request()
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/shop/views.py", line 12, in price
    return total / count
           ~~~~~~^~~~~~~
ZeroDivisionError: division by zero
`;

const syntaxError = `  File "/srv/shop/app.py", line 3
    app = Flask(
               ^
SyntaxError: '(' was never closed
`;

const zeroDivision: Failure = raised(traceback);
const unloadable = notLoaded({
  code: "APPLICATION_IMPORT_FAILED",
  message: "Importing 'app' failed: SyntaxError in /srv/shop/app.py, line 3: '(' was never closed.",
  hint: "Look at line 3.",
  traceback: syntaxError,
});

function audience(accept: string, version: string | null = null): Audience {
  return { method: "GET", target: "/prices?x=1", host: "localhost", rawHeaders: ["Accept", accept], version };
}

function contentOf(answer: GatewayAnswer): { readonly type: string; readonly text: string } {
  const { content } = answer;
  if (content === undefined) throw new Error("there is only the sentence");
  return content;
}

/** Text of a page as it is seen. */
function seen(html: string): string {
  return html
    .replace(/<(script|style)[^]*?<\/\1>/g, "")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

describe("an answer to a failure", () => {
  it("is one sentence for everybody but the developer", () => {
    for (const failure of [zeroDivision, unloadable]) {
      const answer = answerTo(failure, null);
      const { text } = renderAnswer(answer, { keepAlive: true, withBody: true });
      expect(answer.status).toBe(500);
      expect(text).toMatch(
        /^HTTP\/1\.1 500 Internal Server Error\r\nContent-Type: text\/plain; charset=utf-8\r\n/,
      );
      expect(text).not.toMatch(/shop|Division|never closed/);
    }
  });

  it("is text for a terminal: what happened, what to do, the traceback", () => {
    expect(contentOf(answerTo(zeroDivision, audience("*/*")))).toMatchObject({
      type: "text/plain; charset=utf-8",
      text: `500 Internal Server Error\n\nThe application raised an error; its log has the traceback.\n\n${traceback}`,
    });
    expect(contentOf(answerTo(unloadable, audience("*/*"))).text).toBe(
      `500 Internal Server Error\n\nImporting 'app' failed: SyntaxError in /srv/shop/app.py, line 3: ` +
        `'(' was never closed.\n\nLook at line 3.\n\n${syntaxError}`,
    );
  });

  it("is JSON for a program", () => {
    const { type, text } = contentOf(answerTo(unloadable, audience("application/json")));
    expect(type).toBe("application/json");
    const { error: _, output: __, ...said } = unloadable.problem;
    expect(JSON.parse(text)).toEqual({ error: said });
    expect(JSON.parse(contentOf(answerTo(zeroDivision, audience("application/json"))).text)).toEqual({
      error: {
        code: "APPLICATION_RAISED",
        message: "ZeroDivisionError: division by zero",
        hint: "",
        traceback,
      },
    });
  });

  it("is a page for a browser, the error first", () => {
    const answer = answerTo(unloadable, audience("text/html", "v1"));
    const { type, text } = contentOf(answer);
    expect(type).toBe("text/html; charset=utf-8");
    expect(text).toContain("<title>SyntaxError: &#39;(&#39; was never closed</title>");
    expect(text).toContain('data-version="v1"');
    const lines = seen(text);
    expect(lines).toContain("Importing 'app' failed: SyntaxError in /srv/shop/app.py, line 3");
    expect(lines).toContain("Look at line 3.");
    expect(lines).toContain("This page loads again when the code does");
    expect(lines).toContain(syntaxError);
  });

  it("is a page that stands still where there is nothing to follow", () => {
    const { text } = contentOf(answerTo(zeroDivision, audience("text/html")));
    expect(text).not.toContain("<script");
    expect(text).not.toContain("loads again");
  });

  it.each<[Failure, number, string]>([
    [
      { kind: "invalid-response", message: 'The status is not like "200 OK": "no".' },
      500,
      "The status is not",
    ],
    [
      { kind: "worker-died", pid: 77, reason: "was killed by SIGSEGV", traceback: "" },
      502,
      "Worker 77 was killed by SIGSEGV.",
    ],
    [
      { kind: "overloaded", reason: "1000 requests are waiting", retryAfter: 3 },
      503,
      "1000 requests are waiting",
    ],
    [{ kind: "unavailable", reason: "the server has stopped" }, 503, "the server has stopped"],
  ])("says the same of %j in every format", (failure, status, part) => {
    for (const accept of ["*/*", "text/html", "application/json"]) {
      const answer = answerTo(failure, audience(accept));
      expect(answer.status).toBe(status);
      const { type, text } = contentOf(answer);
      const said = type.startsWith("text/html")
        ? seen(text)
        : type === "application/json"
          ? JSON.stringify(JSON.parse(text).error.message)
          : text;
      expect(said.replaceAll('\\"', '"')).toContain(part);
    }
    expect(answerTo(failure, null).reason).not.toContain(part);
  });

  it("is never kept, never guessed, and says what it depends on", () => {
    for (const accept of ["*/*", "text/html", "application/json"]) {
      const { text } = renderAnswer(answerTo(zeroDivision, audience(accept)), {
        keepAlive: false,
        withBody: false,
      });
      expect(text).toContain("Cache-Control: no-store\r\n");
      expect(text).toContain("X-Content-Type-Options: nosniff\r\n");
      expect(text).toContain("Vary: Accept\r\n");
    }
  });
});

describe("the page", () => {
  it("runs nothing but its own script and style, by a nonce that is new each time", () => {
    const policies = [1, 2].map(() => {
      const answer = answerTo(zeroDivision, audience("text/html", "v1"));
      const [, policy = ""] = /Content-Security-Policy: (.*)\r\n/.exec(answer.fields ?? "") ?? [];
      const [, nonce = ""] = /script-src 'nonce-([A-Za-z0-9+/]{22}==)';/.exec(policy) ?? [];
      expect(policy).toMatch(
        /^default-src 'none'; script-src 'nonce-[^']+'; style-src 'nonce-[^']+'; connect-src 'self'; /,
      );
      const { text } = contentOf(answer);
      expect(text.match(/<(?:script|style)[^>]*>/g)).toEqual([
        `<style nonce="${nonce}">`,
        `<script nonce="${nonce}" data-version="v1">`,
      ]);
      // Nothing is fetched.
      expect(text).not.toMatch(/\b(?:src|href)=|@import|url\(/);
      return policy;
    });
    expect(policies[0]).not.toBe(policies[1]);
  });

  it("shows whatever is in an error as text, and nothing else of it", () => {
    const nasty = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "</pre><script>alert(1)</script>",
        '" onload="alert(1)',
        "</title><img src=x onerror=alert(1)>",
        "<!--",
        "&lt;script&gt;",
        '  File "<b>.py", line 3, in <lambda>\n    <i>x</i>',
      ),
    );
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (message, hint, trace, target) => {
        const failure: Failure = notLoaded({ message, hint, traceback: trace });
        const { text } = contentOf(answerTo(failure, { ...audience("text/html", "v1"), target }));
        const tags = text.match(/<[^>]*>/g) ?? [];
        // In the script and the style there is nothing of the error.
        const own = text.replace(/<(script|style)[^]*?<\/\1>/g, "");
        for (const tag of own.match(/<[^>]*>?/g) ?? []) expect(tag).toMatch(OWN_TAG);
        expect(tags.filter((tag) => tag.startsWith("<script"))).toHaveLength(1);
        // HTML has no NUL.
        expect(seen(text)).toContain(trace.trimEnd().replaceAll("\0", "\uFFFD"));
      }),
      { seed: SEED },
    );
  });

  it("marks file and line, and says which frames are not the application's own", () => {
    const { text } = contentOf(answerTo(zeroDivision, audience("text/html")));
    expect(text).toContain(
      '<span class="frame"><span class="head">  File &quot;/srv/shop/<b>views.py</b>&quot;, line <b>12</b>, in price</span>\n',
    );
    expect(text).toContain(
      '<span class="library"><span class="head">  File &quot;/srv/shop/.venv/lib/python3.11/site-packages/flask/<b>app.py</b>',
    );
    expect(text).toContain("<strong>ZeroDivisionError: division by zero</strong>");
  });
});

/** As the page's source has it: nothing of an error can look like one. */
const OWN_TAG =
  /^<(?:!doctype html|\/?(?:html|head|body|main|title|p|h1|h2|b|pre|section|span|strong|meta)(?: [a-z-]+="[^"<>]*")*)>$/;

describe("a traceback", () => {
  it("is taken apart without losing a line", () => {
    const line = fc.constantFrom(
      '  File "/a/b.py", line 3, in f',
      "    x = 1",
      "    ^^^^^",
      "Traceback (most recent call last):",
      "ValueError: no",
      "",
      "  | ",
      '  |   File "/a/lib/python3.11/x.py", line 9, in g',
      "  |     y",
      "  [Previous line repeated 995 more times]",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }), (lines) => {
        const text = lines.join("\n");
        const parts = readTraceback(text).flatMap((part) =>
          part.kind === "text" ? [part.line] : [part.head.join(""), ...part.source],
        );
        expect(parts.join("\n")).toBe(text.trimEnd());
      }),
      { seed: SEED },
    );
  });

  it.each([
    [traceback, "ZeroDivisionError: division by zero"],
    [syntaxError, "SyntaxError: '(' was never closed"],
    ["Traceback (most recent call last):\nKeyError: 'x'\n", "KeyError: 'x'"],
    ['  File "a.py", line 1, in f\n    x\npkg.errors.Odd\n', "pkg.errors.Odd"],
    ['  File "a.py", line 1, in f\n    x\nValueError: one\ntwo: three\n', "ValueError: one"],
    ['  File "a.py", line 1, in f\n    x\nValueError: one\nA note: see here\n', "ValueError: one"],
    [
      '  File "a.py", line 1, in f\n  [Previous line repeated 9 more times]\nRecursionError: deep\n',
      "RecursionError: deep",
    ],
    [
      `${traceback}\nDuring handling of the above exception, another exception occurred:\n\n${traceback.replace("ZeroDivisionError: division by zero", "KeyError: 1")}`,
      "KeyError: 1",
    ],
    [
      '  + Exception Group Traceback (most recent call last):\n  |   File "a.py", line 1, in <module>\n  |     raise\n' +
        "  | ExceptionGroup: two (2 sub-exceptions)\n  +-+---------------- 1 ----------------\n    | ValueError: 1\n    +------------------------------------\n",
      "ExceptionGroup: two (2 sub-exceptions)",
    ],
    ["", ""],
    ["no such thing here", ""],
  ])("%#: its last error is found", (text, error) => {
    expect(errorLine(text)).toBe(error);
  });
});

describe("markup", () => {
  it("escapes text, and takes lists, nothing and markup as they are", () => {
    const part = markup`<b title="${`"'&<>`}">${1}</b>`;
    expect(markup`${part}${null}${["<", part]}`.text).toBe(
      '<b title="&quot;&#39;&amp;&lt;&gt;">1</b>&lt;<b title="&quot;&#39;&amp;&lt;&gt;">1</b>',
    );
  });
});
