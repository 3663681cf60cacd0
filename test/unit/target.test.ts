import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePath, parseTarget } from "../../src/http/target.ts";

function parsed(target: string, method = "GET", mergeSlashes = false): unknown {
  const result = parseTarget(method, target, mergeSlashes);
  if (!result.ok) return 400;
  const { ok: _, ...parts } = result;
  return parts;
}

const origin = { scheme: null, authority: null };

describe("origin-form (RFC 9112 §3.2.1)", () => {
  it.each([
    ["/", "/", ""],
    ["/?", "/", ""],
    ["/a/b?c=d&e", "/a/b", "c=d&e"],
    ["/a?b?c", "/a", "b?c"],
    ["/a%2Fb%3Fc?%41", "/a/b?c", "%41"],
    ["/%C3%A9%FF", "/\xc3\xa9\xff", ""],
    ["/\xc3\xa9\xff?\xe9", "/\xc3\xa9\xff", "\xe9"],
    ["/%zz%4%%41%", "/%zz%4%A%", ""],
    ["/%2541", "/%41", ""],
    ["/../a/./b", "/../a/./b", ""],
    ["//a//b", "//a//b", ""],
    ["/%0d%0a", "/\r\n", ""],
    ["/*", "/*", ""],
    ["/http://a/", "/http://a/", ""],
  ])("%s", (target, path, query) => {
    expect(parsed(target)).toEqual({ ...origin, path, query });
  });

  it("has no fragment, wherever it stands", () => {
    expect(parsed("/a#b")).toBe(400);
    expect(parsed("/a?b#c")).toBe(400);
    expect(parsed("/%23")).toEqual({ ...origin, path: "/#", query: "" });
  });

  it("has no NUL (CWE-158)", () => {
    expect(parsed("/a%00b")).toBe(400);
    expect(parsed("/\0")).toBe(400);
    expect(parsed("/?\0")).toBe(400);
    expect(parsed("/?%00")).toEqual({ ...origin, path: "/", query: "%00" });
  });

  it("begins with one slash if slashes are merged, decoded ones too", () => {
    expect(parsed("//a//b/", "GET", true)).toMatchObject({ path: "/a//b/" });
    expect(parsed("////", "GET", true)).toMatchObject({ path: "/" });
    expect(parsed("/%2F%2fa", "GET", true)).toMatchObject({ path: "/a" });
    expect(parsed("/a//b", "GET", true)).toMatchObject({ path: "/a//b" });
    expect(parsed("/", "GET", true)).toMatchObject({ path: "/" });
  });
});

describe("absolute-form (RFC 9112 §3.2.2)", () => {
  it.each([
    ["http://h/", "http", "h", "/", ""],
    ["http://h:81/p?q", "http", "h:81", "/p", "q"],
    ["HTTPS://H/p", "https", "H", "/p", ""],
    ["http://[::1]:80/a%20b", "http", "[::1]:80", "/a b", ""],
    ["http://h", "http", "h", "/", ""],
    ["http://h?q", "http", "h", "/", "q"],
    ["http://h//a", "http", "h", "//a", ""],
    ["http://h/@/http://u@x/", "http", "h", "/@/http://u@x/", ""],
  ])("%s", (target, scheme, authority, path, query) => {
    expect(parsed(target)).toEqual({ scheme, authority, path, query });
  });

  it.each([
    "http:///p",
    "http://",
    "http://u@h/",
    "http://u:p@h/",
    "http://h:80:81/",
    "http://h:x/",
    "http://h h/",
    "http://[::1/",
    "http://h/#f",
    "http://h#f",
    "ftp://h/",
    "http:/h",
    "h:443",
    "h/p",
    "",
    "?q",
    "%2Fa",
    "\\a",
  ])("%j is none", (target) => {
    expect(parsed(target)).toBe(400);
  });

  it("asks about the whole server when OPTIONS has an empty path (RFC 9110 §4.2.3)", () => {
    expect(parsed("http://h", "OPTIONS")).toMatchObject({ path: "" });
    expect(parsed("http://h/", "OPTIONS")).toMatchObject({ path: "/" });
    expect(parsed("http://h?q", "OPTIONS")).toMatchObject({ path: "/", query: "q" });
  });
});

describe("asterisk-form (RFC 9112 §3.2.4)", () => {
  it("is for OPTIONS only", () => {
    expect(parsed("*", "OPTIONS")).toEqual({ ...origin, path: "", query: "" });
    expect(parsed("*")).toBe(400);
    expect(parsed("*?q", "OPTIONS")).toBe(400);
  });
});

describe("decoding", () => {
  it("gives each of the 256 bytes back exactly, in both cases of the digits", () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const digits = byte.toString(16).padStart(2, "0");
      const character = String.fromCharCode(byte);
      expect(decodePath(`/a%${digits}b`)).toBe(`/a${character}b`);
      expect(decodePath(`/a%${digits.toUpperCase()}b`)).toBe(`/a${character}b`);
      expect(decodePath(`/${character}`)).toBe(`/${character}`);
    }
  });

  it("undoes any encoding of any bytes", () => {
    const byte = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(fc.array(byte), (bytes) => {
        const decoded = bytes.map(([code]) => String.fromCharCode(code)).join("");
        const encoded = bytes
          .map(([code, escape, upper]) => {
            // A `%` must be escaped to mean itself.
            if (!escape && code !== 0x25) return String.fromCharCode(code);
            const digits = code.toString(16).padStart(2, "0");
            return `%${upper ? digits.toUpperCase() : digits}`;
          })
          .join("");
        expect(decodePath(encoded)).toBe(decoded);
      }),
      { seed: 9112, numRuns: 500 },
    );
  });

  it("leaves what is no escape alone", () => {
    const text = fc.string({ unit: fc.constantFrom("%", "g", "/", "%%", "%g", "a%", "%a"), maxLength: 20 });
    fc.assert(
      fc.property(text, (path) => {
        const expected = path.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
          String.fromCharCode(Number.parseInt(digits, 16)),
        );
        expect(decodePath(path)).toBe(expected);
      }),
      { seed: 9112, numRuns: 500 },
    );
  });
});

describe("any string of bytes", () => {
  it("is taken apart or refused, and never lets a NUL through or a path start with two slashes", () => {
    const pieces = fc.constantFrom(
      "/",
      "%2f",
      "%00",
      "\0",
      "?",
      "#",
      "http://",
      "h",
      ":",
      "@",
      "*",
      "\xff",
      "[",
      "]",
    );
    const target = fc.array(pieces, { maxLength: 8 }).map((list) => list.join(""));
    fc.assert(
      fc.property(target, fc.constantFrom("GET", "OPTIONS"), (text, method) => {
        const result = parseTarget(method, text, true);
        if (!result.ok) return;
        expect(result.path).toMatch(/^(?:\/(?!\/)|$)/);
        expect(result.path + result.query).not.toContain("\0");
        expect(text).not.toContain("#");
      }),
      { seed: 9112, numRuns: 2000 },
    );
  });
});
