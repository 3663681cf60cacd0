/** Secrets of a request are masked wherever it is shown. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mask } from "../../src/debug/mask.ts";
import { maskLoosely } from "../../src/debug/mask-text.ts";
import { maskError, maskRequest } from "../../src/debug/masked-records.ts";
import { errorJson, requestJson, requestSummary } from "../../src/debug/record-json.ts";
import type { RequestRecord } from "../../src/debug/request-record.ts";
import { isSecretName } from "../../src/debug/secret-names.ts";
import { maskBody, maskField, maskHeader, maskTarget, maskVariable } from "../../src/debug/secrets.ts";
import {
  dictionary,
  error,
  errorRecord,
  exception,
  frame,
  requestRecord as anyRequest,
  text as textValue,
  variable,
} from "../support/error-models.ts";

const seed = 20_240_229;
/** Of a form that no text around it has. */
const secret = fc.stringMatching(/^[A-Za-z0-9]{8,60}$/).map((text) => `zq${text}`);
const secretName = fc.constantFrom(
  "password",
  "new_password1",
  "user[password]",
  "apiKey",
  "X-Api-Key",
  "csrfmiddlewaretoken",
  "access_token",
  "client-secret",
  "SESSIONID",
  "session",
  "pin",
  "otp",
  "Authorization",
  "private_key",
  "PASSWD",
  "cvv",
);

describe("a name that promises a secret", () => {
  it.each([
    "password",
    "userPassword",
    "API_KEY",
    "apikey",
    "key",
    "X-CSRF-Token",
    "sessionid",
    "sid",
    "auth",
  ])("%s is one", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    "keyword",
    "keyboard",
    "author",
    "name",
    "passenger_seat",
    "spin",
    "side",
    "email",
    "code",
    "page",
    "",
  ])("%s is none", (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe("a mask", () => {
  it("says of a secret no more than a range of lengths", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
        fc.pre(one.length === other.length);
        expect(mask(one)).toBe(mask(other));
      }),
      { seed },
    );
    expect([mask("a"), mask("a".repeat(20)), mask("a".repeat(500))]).toEqual([
      "••••••(1–7)",
      "••••••(16–31)",
      "••••••(≥64)",
    ]);
  });

  it("does not change when it is masked again", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(mask(mask(text))).toBe(mask(text));
      }),
      { seed },
    );
    const form = `csrfmiddlewaretoken=${mask("a".repeat(64))}`;
    expect(maskBody("application/x-www-form-urlencoded", form)).toBe(form);
  });
});

describe("a request", () => {
  it("never shows what a secret name stands for, wherever it was sent", () => {
    fc.assert(
      fc.property(secretName, secret, fc.constantFrom(...kinds), (name, value, kind) => {
        const record = sent(kind, name, value);
        for (const shown of [maskRequest(record), requestJson(record), requestSummary(record)]) {
          expect(texts(shown)).not.toContain(value);
        }
        expect(texts(errorJson(errorRecord(null, { request: record })))).not.toContain(value);
        expect(texts(maskError(errorRecord(null, { request: record })).request)).not.toContain(value);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("shows all else as it was sent", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), fc.uint8Array({ maxLength: 200 }), (text, bytes) => {
        const body = Buffer.from(bytes);
        const record = requestRecord({
          body,
          bodySize: body.length,
          headers: [["X-Note", text.replaceAll(/[?:]/g, "")]],
        });
        fc.pre(!/[=:>]/.test(body.toString("latin1")));
        expect(maskRequest(record)).toEqual(record);
      }),
      { seed },
    );
  });

  it("is masked once and for all: again changes nothing", () => {
    fc.assert(
      fc.property(secretName, secret, fc.constantFrom(...kinds), (name, value, kind) => {
        const once = maskRequest(sent(kind, name, value));
        expect(maskRequest(once)).toEqual(once);
      }),
      { seed },
    );
  });
});

describe("a frame", () => {
  it.each([
    ["HTTP_COOKIE", "session=unlikely"],
    ["HTTP_AUTHORIZATION", "Bearer unlikely"],
    ["QUERY_STRING", "token=unlikely"],
    ["WERKZEUG_DEBUG_PIN", "unlikely"],
    ["HIGHBALL_DEBUG_PIN", "unlikely"],
    ["RAW_URI", "/a?token=unlikely"],
  ])("shows no secret of the environ that it holds: %s", (name, value) => {
    expect(textOfFrame(name, value)).not.toContain("unlikely");
    expect(textOfFrame(name, value, 40)).not.toContain("unlikely");
  });

  it("shows all other variables as they are", () => {
    expect(textOfFrame("HTTP_ACCEPT", "text/likely")).toContain("text/likely");
    expect(textOfFrame("password", "likely")).toContain("likely");
  });
});

describe("masked", () => {
  it.each([
    ["Cookie", "theme=dark; session=abcdefgh", "theme=••••••(1–7); session=••••••(8–15)"],
    ["authorization", "Bearer abcdefgh", "Bearer ••••••(8–15)"],
    ["Proxy-Authorization", "Basic dXNlcjpwYXNz", "Basic ••••••(8–15)"],
    ["X-Api-Key", "abc", "••••••(1–7)"],
    ["Referer", "http://localhost/reset?token=abc&page=2", "http://localhost/reset?token=••••••(1–7)&page=2"],
    ["User-Agent", "curl/8.0", "curl/8.0"],
    ["Accept", "text/html;q=0.9", "text/html;q=0.9"],
  ])("the header %s: %s", (name, value, expected) => {
    expect(maskHeader(name, value)).toBe(expected);
  });

  it.each([
    ["/reset?token=abc&page=2", "/reset?token=••••••(1–7)&page=2"],
    ["/a?pass%77ord=abc", "/a?pass%77ord=••••••(1–7)"],
    ["http://me:hunter2@host/a", "http://me:••••••(1–7)@host/a"],
    ["https://ghp_0123456789@host/a", "https://••••••(8–15)@host/a"],
    ["/a?b#access_token=abc", "/a?b#access_token=••••••(1–7)"],
    ["/plain/path", "/plain/path"],
    ["/?", "/?"],
  ])("the target %s", (target, expected) => {
    expect(maskTarget(target)).toBe(expected);
  });

  it.each([
    ["QUERY_STRING", "token=abc&page=2", "token=••••••(1–7)&page=2"],
    ["HTTP_COOKIE", "a=b", "a=••••••(1–7)"],
    ["HTTP_X_CSRF_TOKEN", "abc", "••••••(1–7)"],
    ["RAW_URI", "/a?token=abc", "/a?token=••••••(1–7)"],
    ["SERVER_PORT", "8000", "8000"],
    ["SECRET_KEY", "abc", "••••••(1–7)"],
  ])("the variable %s=%s", (name, value, expected) => {
    expect(maskVariable(name, value)).toBe(expected);
  });

  it("a field by its name", () => {
    expect([maskField("password", "abc"), maskField("city", "abc")]).toEqual(["••••••(1–7)", "abc"]);
  });

  it.each([
    ["application/json", '{"user":"me","password":"abc"}', '{"user":"me","password":"••••••(1–7)"}'],
    [
      "application/json; charset=utf-8",
      '{"keys":{"a":["b",1]}}',
      '{"keys":{"a":["••••••(1–7)","••••••(1–7)"]}}',
    ],
    [
      "application/vnd.api+json",
      '[{"token":null,"has_password":true}]',
      '[{"token":null,"has_password":true}]',
    ],
    ["application/json", '{"big":12345678901234567890}', '{"big":12345678901234567890}'],
    ["application/json", '{"password":"abc", "cut', '{"password":"••••••(1–7)", "cut'],
    ["text/plain", "password = abc", "password = ••••••(1–7)"],
    ["text/plain", "Authorization: Bearer abc", "Authorization: ••••••(8–15)"],
    ["", '{"password": "a\\"b"}', '{"password":"••••••(1–7)"}'],
    ["application/xml", "<password>abc</password>", "<password>••••••(1–7)</password>"],
    // The words of a page of the application's are no secrets.
    [
      "text/html",
      '<label for="password">Password</label> <a class="btn token">Tokens</a>',
      '<label for="password">Password</label> <a class="btn token">Tokens</a>',
    ],
  ])("a body of %s: %s", (type, text, expected) => {
    expect(maskBody(type, text)).toBe(expected);
  });

  it("in time, however long a body is and whatever it is made of", () => {
    const size = 1024 * 1024;
    for (const piece of [
      "a",
      "password",
      "password=",
      '"',
      "a\\",
      " ",
      "a: ",
      "[",
      '{"a":',
      "=",
      "&",
      "key ",
    ]) {
      const text = piece.repeat(Math.ceil(size / piece.length));
      for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
        const started = performance.now();
        maskBody(type, text);
        expect(performance.now() - started).toBeLessThan(3000);
      }
    }
    expect(maskLoosely("")).toBe("");
  });
});

const kinds = [
  "header",
  "query",
  "form",
  "json",
  "nested",
  "multipart",
  "loose",
  "broken",
  "environ",
  "cookie",
] as const;

function sent(kind: (typeof kinds)[number], name: string, value: string): RequestRecord {
  switch (kind) {
    case "header":
      return requestRecord({ headers: [[name, value]] });
    case "cookie":
      return requestRecord({ headers: [["Cookie", `${name}=${value}`]] });
    case "query":
      return requestRecord({ target: `/a?b=c&${encodeURIComponent(name)}=${value}` });
    case "environ":
      return requestRecord({
        environ: [
          [`HTTP_${name.toUpperCase().replaceAll(/\W/g, "_")}`, value],
          ["QUERY_STRING", `${encodeURIComponent(name)}=${value}`],
          ["REQUEST_URI", `/a?${encodeURIComponent(name)}=${value}`],
        ],
      });
    case "form":
      return withBody("application/x-www-form-urlencoded", `a=b&${encodeURIComponent(name)}=${value}&c=d`);
    case "json":
      return json({ a: 1, [name]: value });
    case "nested":
      return json([{ a: { [name]: { b: [value, { c: value }] } } }]);
    case "multipart": {
      const part = `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--X--\r\n`;
      // Bytes that are no UTF-8 beside it.
      return withBody(
        "multipart/form-data; boundary=X",
        Buffer.concat([Buffer.from(part), Buffer.from([0xff, 0xfe])]),
      );
    }
    case "loose":
      return withBody("text/plain", `${name.replaceAll(/\W/g, "_")}: ${value}`);
    case "broken":
      return withBody("application/json", `{"${name.replaceAll(/\W/g, "_")}": "${value}", `);
  }
}

function json(content: unknown): RequestRecord {
  return withBody("application/json", JSON.stringify(content));
}

function withBody(type: string, content: string | Buffer): RequestRecord {
  const bytes = Buffer.from(content);
  return requestRecord({ headers: [["Content-Type", type]], body: bytes, bodySize: bytes.length });
}

/** All text in a value, bytes too. */
function texts(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString("latin1");
  if (typeof value === "object" && value !== null) return Object.entries(value).flat().map(texts).join("\n");
  return String(value);
}

/** A request without a secret. */
function requestRecord(given: Partial<RequestRecord>): RequestRecord {
  return anyRequest({
    target: "/",
    headers: [],
    environ: null,
    body: Buffer.alloc(0),
    bodySize: 0,
    ...given,
  });
}

/** All that is shown of a frame that holds an environ with this, and an error within another. */
function textOfFrame(name: string, value: string, cut = 0): string {
  const environ = dictionary([[textValue(`'${name}'`), textValue(`'${value}${cut > 0 ? "" : "'"}`, cut)]]);
  const inner = dictionary([[textValue("'environ'"), environ]]);
  const frames = [frame({ variables: [variable("environ", environ), variable("scope", inner)] })];
  const model = error({ cause: exception({ frames }), members: [exception({ frames })] });
  const once = maskError(errorRecord(model, { request: null }));
  expect(maskError(once)).toEqual(once);
  return texts(once.model);
}
