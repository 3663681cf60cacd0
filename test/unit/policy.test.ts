import { describe, expect, it } from "vitest";
import { cachedSpellings, headerField } from "../../src/http/header-names.ts";
import { type Limits, type RequestHead, type Verdict, judge, judgeTrailers } from "../../src/http/policy.ts";
import { Peer, compileTrustedPeers } from "../../src/http/proxies.ts";

const limits: Limits = {
  limitRequestLine: 8190,
  limitRequestFields: 100,
  limitRequestFieldSize: 8190,
  mergeSlashes: false,
};
const trustedPeers = compileTrustedPeers(["127.0.0.1"]);
const stranger = new Peer({ address: "192.0.2.7", port: 40_000, scheme: "http" }, trustedPeers);
const proxy = new Peer({ address: "127.0.0.1", port: 40_000, scheme: "http" }, trustedPeers);

function head(overrides: Partial<RequestHead> = {}): RequestHead {
  return {
    method: "GET",
    url: "/",
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    rawHeaders: ["Host", "example.test"],
    ...overrides,
  };
}

/** A request with these header fields beside Host. */
function judged(
  fields: readonly string[],
  overrides: Partial<RequestHead> = {},
  peer: Peer = stranger,
): Verdict {
  return judge(head({ rawHeaders: ["Host", "example.test", ...fields], ...overrides }), limits, peer);
}

function statusOf(verdict: Verdict): number {
  return verdict.ok ? 200 : verdict.status;
}

function fieldsOf(verdict: Verdict): Record<string, string> {
  if (!verdict.ok) throw new Error(verdict.reason);
  const parts = verdict.fields.split("\0").slice(1);
  const pairs: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) pairs[parts[index] ?? ""] = parts[index + 1] ?? "";
  return pairs;
}

describe("versions (RFC 9110 §2.5, §15.6.6)", () => {
  it.each([
    [1, 1, 200],
    [1, 0, 200],
    [1, 2, 505],
    [1, 9, 505],
    [2, 0, 505],
    [3, 0, 505],
    [0, 9, 400],
  ])("HTTP/%i.%i is answered %i", (httpVersionMajor, httpVersionMinor, status) => {
    expect(statusOf(judged([], { httpVersionMajor, httpVersionMinor }))).toBe(status);
  });
});

describe("methods (RFC 9110 §9)", () => {
  it.each(["GET", "PROPFIND", "X-CUSTOM", "M-SEARCH", "get"])(
    "%s is the application's to judge",
    (method) => {
      expect(statusOf(judged([], { method }))).toBe(200);
    },
  );

  it.each([
    ["CONNECT", 501],
    ["SETUP", 501],
    ["", 400],
    ["G T", 400],
    ["GE\0T", 400],
    ["G\xc9T", 400],
  ])("%j is answered %i", (method, status) => {
    expect(statusOf(judged([], { method }))).toBe(status);
  });
});

describe("limits", () => {
  it("counts a request line without its CRLF, as gunicorn does", () => {
    const url = `/${"a".repeat(8190 - "GET / HTTP/1.1".length)}`;
    expect(`GET ${url} HTTP/1.1`).toHaveLength(8190);
    expect(statusOf(judged([], { url }))).toBe(200);
    expect(statusOf(judged([], { url: `${url}a` }))).toBe(414);
  });

  it("counts a field with its CRLF, as gunicorn does", () => {
    const value = "a".repeat(8190 - "X: \r\n".length);
    expect(statusOf(judged(["X", value]))).toBe(200);
    expect(statusOf(judged(["X", `${value}a`]))).toBe(431);
  });

  it("counts every field, those that the application does not see as well", () => {
    const fields = Array.from({ length: 99 }, (_, index) => [`x_${index}`, ""]).flat();
    expect(statusOf(judged(fields))).toBe(200);
    expect(statusOf(judged([...fields, "X", ""]))).toBe(431);
  });
});

/** The verdict's host, or the status of a rejection. */
function hostOf(rawHeaders: readonly string[], overrides: Partial<RequestHead> = {}): string | number | null {
  const verdict = judge(head({ rawHeaders, ...overrides }), limits, stranger);
  return verdict.ok ? verdict.host : verdict.status;
}

describe("Host (RFC 9112 §3.2)", () => {
  it("must be there in HTTP/1.1, also beside an absolute-form target", () => {
    expect(hostOf([])).toBe(400);
    expect(hostOf([], { url: "http://a/" })).toBe(400);
    expect(hostOf([], { httpVersionMinor: 0 })).toBe(null);
  });

  it("may not come twice, whatever its spelling", () => {
    expect(hostOf(["Host", "a", "Host", "a"])).toBe(400);
    expect(hostOf(["Host", "a", "hOsT", "b"])).toBe(400);
    expect(hostOf(["Host", "a", "Host", "a"], { httpVersionMinor: 0 })).toBe(400);
  });

  it("gives way to the authority of an absolute-form target (§3.2.2)", () => {
    expect(hostOf(["Host", "a"], { url: "http://b:81/c" })).toBe("b:81");
  });

  it("may be empty, and is then left out, so that SERVER_NAME takes its place (§3.3)", () => {
    expect(hostOf(["Host", ""])).toBe(null);
  });

  it.each([
    "example.test",
    "EXAMPLE.test:8080",
    "example.test:",
    "192.0.2.1",
    "[2001:db8::1]",
    "[::1]:443",
    "a_b.test",
    "xn--bcher-kva.test",
    "a%2Db",
    "!$&'()*+,;=~",
  ])("%s is one", (host) => {
    expect(hostOf(["Host", host])).toBe(host);
  });

  it.each([
    "a b",
    "a/b",
    "a?b",
    "a#b",
    "a@b",
    "a\\b",
    "<a>",
    "a:b",
    "a:80:80",
    "a:65536",
    "a:-1",
    ":80",
    "[::1",
    "[::1]x",
    "[::1]:x",
    "[fe80::1%25eth0]",
    "[192.0.2.1]",
    "::1",
    "a%2",
    "a%zz",
    "a\xe9",
    "a\u0100",
    '"a"',
    "a^b",
    "a|b",
    "{a}",
  ])("%s is none", (host) => {
    expect(hostOf(["Host", host])).toBe(400);
  });
});

/** The answer to a Transfer-Encoding of two lines. */
function twoCodings(first: string, second: string): number {
  return statusOf(judged(["Transfer-Encoding", first, "transfer-encoding", second]));
}

describe("framing (RFC 9112 §6)", () => {
  it.each([
    [["Content-Length", "0"], 0],
    [["Content-Length", "10"], 10],
    [["Content-Length", "007"], 7],
    [["Content-Length", String(Number.MAX_SAFE_INTEGER)], Number.MAX_SAFE_INTEGER],
    [[], null],
  ])("%j announces %j bytes", (fields, length) => {
    expect(judged(fields)).toMatchObject({ ok: true, contentLength: length, chunked: false });
  });

  it.each([
    [["Content-Length", ""], 400],
    [["Content-Length", "+1"], 400],
    [["Content-Length", "-1"], 400],
    [["Content-Length", "1,1"], 400],
    [["Content-Length", "0x1"], 400],
    [["Content-Length", "1_0"], 400],
    [["Content-Length", "1 0"], 400],
    [["Content-Length", "1.0"], 400],
    [["Content-Length", "\xb2"], 400],
    [["Content-Length", "9007199254740993"], 413],
    [["Content-Length", "9".repeat(400)], 413],
    [["Content-Length", "1", "Content-Length", "1"], 400],
    [["Content-Length", "1", "Transfer-Encoding", "chunked"], 400],
    [["Transfer-Encoding", "chunked", "content-length", "1"], 400],
    [["Content-Type", "a/b", "content-type", "a/b"], 400],
  ])("%j is answered %i", (fields, status) => {
    expect(statusOf(judged(fields))).toBe(status);
  });

  it.each(["chunked", "Chunked", "CHUNKED"])("Transfer-Encoding: %s is the one coding", (coding) => {
    expect(judged(["Transfer-Encoding", coding])).toMatchObject({ ok: true, chunked: true });
  });

  it.each([
    ["gzip, chunked", 501],
    ["identity, chunked", 501],
    ["gzip", 400],
    ["identity", 400],
    ["", 400],
    ["xchunked", 400],
    ["chunked;a=b", 400],
    ["chunked, gzip", 400],
    ["chunked, chunked", 400],
    ["chunked, gzip, chunked", 400],
    ["chunked,", 400],
    [",chunked", 400],
    ['"gzip", chunked', 400],
  ])("Transfer-Encoding: %s is answered %i", (coding, status) => {
    expect(statusOf(judged(["Transfer-Encoding", coding]))).toBe(status);
  });

  it("reads several Transfer-Encoding lines as one list (RFC 9110 §5.3)", () => {
    expect(twoCodings("gzip", "chunked")).toBe(501);
    expect(twoCodings("chunked", "chunked")).toBe(400);
    expect(twoCodings("chunked", "gzip")).toBe(400);
  });

  it("knows no Transfer-Encoding in HTTP/1.0 (§6.1)", () => {
    expect(statusOf(judged(["Transfer-Encoding", "chunked"], { httpVersionMinor: 0 }))).toBe(400);
  });
});

describe("Expect (RFC 9110 §10.1.1)", () => {
  it("waits for 100 Continue only where there is a body", () => {
    const expecting = ["Expect", "100-Continue"];
    expect(judged([...expecting, "Content-Length", "1"])).toMatchObject({ expectContinue: true });
    expect(judged([...expecting, "Transfer-Encoding", "chunked"])).toMatchObject({ expectContinue: true });
    expect(judged([...expecting, "Content-Length", "0"])).toMatchObject({ expectContinue: false });
    expect(judged(expecting)).toMatchObject({ expectContinue: false });
    expect(judged(["Content-Length", "1"])).toMatchObject({ expectContinue: false });
  });

  it("refuses other expectations, and ignores all from HTTP/1.0", () => {
    expect(statusOf(judged(["Expect", "bread"]))).toBe(417);
    expect(statusOf(judged(["Expect", "100-continue, bread"]))).toBe(417);
    const old = judged(["Expect", "bread", "Content-Length", "1"], { httpVersionMinor: 0 });
    expect(old).toMatchObject({ ok: true, expectContinue: false });
  });
});

describe("header fields for the environ", () => {
  it("have CGI's names", () => {
    const fields = fieldsOf(judged(["x-lower", "1", "X-Upper", "2", "!#$%&'*+.^`|~", "3"]));
    expect(fields).toEqual({ HTTP_X_LOWER: "1", HTTP_X_UPPER: "2", "HTTP_!#$%&'*+.^`|~": "3" });
  });

  it("are joined when they come more than once, cookies with a semicolon (RFC 9110 §5.3, RFC 6265 §5.4)", () => {
    const fields = fieldsOf(
      judged(["X", "1", "Cookie", "a=1", "x", "2", "Y", "", "cookie", "b=2", "X", "3"]),
    );
    expect(fields).toEqual({ HTTP_X: "1, 2, 3", HTTP_COOKIE: "a=1; b=2", HTTP_Y: "" });
  });

  it("do not hold what the gateway has undone or answers itself", () => {
    const fields = judged([
      "Transfer-Encoding",
      "chunked",
      "Trailer",
      "X",
      "Expect",
      "100-continue",
      "Keep-Alive",
      "timeout=5",
      "Proxy-Connection",
      "close",
      "Connection",
      "close",
      "Content-Type",
      "a/b",
    ]);
    expect(fieldsOf(fields)).toEqual({ HTTP_CONNECTION: "close" });
  });

  it("with an underscore are dropped, and the verdict names them", () => {
    const verdict = judged(["X_Real-Name", "1", "Content_Length", "5", "Proxy", "http://evil.test/"]);
    expect(fieldsOf(verdict)).toEqual({});
    expect(verdict).toMatchObject({
      contentLength: null,
      dropped: [
        { name: "x_real-name", because: "ambiguous" },
        { name: "content_length", because: "ambiguous" },
        { name: "proxy", because: "ambiguous" },
      ],
    });
  });

  it("may not have a NUL, which frames the environ block", () => {
    expect(statusOf(judged(["X", "a\0HTTP_Y"]))).toBe(400);
  });

  it("from a stranger do not speak of other addresses", () => {
    const forwarded = ["X-Forwarded-For", "198.51.100.1", "Forwarded", "for=x", "X-Real-IP", "198.51.100.1"];
    const verdict = judged(forwarded);
    expect(fieldsOf(verdict)).toEqual({});
    expect(verdict).toMatchObject({
      origin: { remoteAddress: "192.0.2.7" },
      dropped: [
        { name: "x-forwarded-for", because: "untrusted" },
        { name: "forwarded", because: "untrusted" },
        { name: "x-real-ip", because: "untrusted" },
      ],
    });
  });

  it("from a trusted proxy do, and the application sees them too", () => {
    const verdict = judged(
      ["X-Forwarded-For", "198.51.100.1", "X-Forwarded-Host", "a.test", "x-forwarded-for", "198.51.100.2"],
      {},
      proxy,
    );
    expect(fieldsOf(verdict)).toEqual({
      HTTP_X_FORWARDED_FOR: "198.51.100.1, 198.51.100.2",
      HTTP_X_FORWARDED_HOST: "a.test",
    });
    expect(verdict).toMatchObject({ origin: { remoteAddress: "198.51.100.2" }, dropped: null });
  });

  it("that contradict each other about the scheme are refused", () => {
    expect(statusOf(judged(["X-Forwarded-Proto", "https", "X-Forwarded-Ssl", "off"], {}, proxy))).toBe(400);
    expect(statusOf(judged(["X-Forwarded-Proto", "https", "X-Forwarded-Ssl", "off"]))).toBe(200);
  });
});

describe("https targets (RFC 9110 §7.4)", () => {
  const url = "https://example.test/";

  it("are misdirected on a connection that is not secured", () => {
    expect(statusOf(judged([], { url }))).toBe(421);
  });

  it("are fine from a trusted gateway and over TLS", () => {
    expect(statusOf(judged([], { url }, proxy))).toBe(200);
    const secured = new Peer({ address: "192.0.2.7", port: 1, scheme: "https" }, trustedPeers);
    expect(statusOf(judged([], { url }, secured))).toBe(200);
  });
});

describe("trailers (RFC 9110 §6.5.1)", () => {
  it.each([
    "Host",
    "content-length",
    "Transfer-Encoding",
    "TE",
    "Trailer",
    "Authorization",
    "X-Forwarded-For",
  ])("%s is none", (name) => {
    expect(judgeTrailers(["X", "1", name, "1"], limits)?.status).toBe(400);
  });

  it("are few and short", () => {
    const many = Array.from({ length: 101 }, () => ["X", "1"]).flat();
    expect(judgeTrailers(many, limits)?.status).toBe(431);
    expect(judgeTrailers(["X", "a".repeat(9000)], limits)?.status).toBe(431);
    expect(judgeTrailers(["X-Checksum", "abc"], limits)).toBe(null);
  });
});

describe("the cache of names", () => {
  it("does not grow with the names that clients invent", () => {
    for (let index = 0; index < 20_000; index += 1) judged([`X-Invented-${index}`, ""]);
    expect(cachedSpellings()).toBeLessThan(6000);
  });

  it("gives one field for all spellings", () => {
    expect(headerField("X-One")).toBe(headerField("x-oNE"));
  });
});
