import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateLine, parseResponseHead } from "../../src/http/response-head.ts";

const SEED = 20261120;

describe("the head of a response", () => {
  it("becomes a status line and lines ended by CR LF", () => {
    expect(parseResponseHead("200 OK\nContent-Type: text/plain\nX-A:  b ")).toMatchObject({
      status: 200,
      lines: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A: b\r\nServer: highball\r\n",
      contentLength: -1,
      close: false,
      dated: false,
    });
  });

  it("keeps a Server and a Date of the application's own", () => {
    const head = parseResponseHead("200 OK\nServer: mine\nDate: Thu, 01 Jan 1970 00:00:00 GMT");
    expect(head).toMatchObject({ dated: true });
    expect(head).toHaveProperty("lines", expect.not.stringContaining("highball"));
  });

  it("keeps the space after a status without reason (RFC 9112 §4)", () => {
    expect(parseResponseHead("404")).toMatchObject({ lines: expect.stringMatching(/^HTTP\/1\.1 404 \r\n/) });
  });

  it("hears Connection: close and passes no hop-by-hop field on (RFC 9110 §7.6.1)", () => {
    const hop =
      "Connection: Close, x\nKeep-Alive: a\nTransfer-Encoding: chunked\nUpgrade: h2c\nTE: x\nTrailer: y";
    expect(parseResponseHead(`200 OK\n${hop}`)).toMatchObject({
      close: true,
      lines: "HTTP/1.1 200 OK\r\nServer: highball\r\n",
    });
  });

  it.each([
    ["101 Switching Protocols", "The status"],
    ["20 OK", "The status"],
    ["200 O\u0007K", "The status"],
    ["200 OK\nBad Name: x", "not a token"],
    ["200 OK\nno colon", "not a token"],
    ["200 OK\nX: a\u0000b", "control character"],
    ["200 OK\nX: a\rb", "control character"],
    ["200 OK\nContent-Length: 1\nContent-Length: 2", "Content-Length"],
    ["200 OK\nContent-Length: -1", "Content-Length"],
    ["200 OK\nContent-Length: 1, 1", "Content-Length"],
  ])("that is %j is refused with a reason", (text, reason) => {
    expect(parseResponseHead(text)).toContain(reason);
  });

  it("never lets a line through that the application did not name", () => {
    const text = fc.string({ unit: "binary" }).map((value) => Buffer.from(value).toString("latin1"));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (fields) => {
        const head = parseResponseHead(["200 OK", ...fields].join("\n"));
        const lines = typeof head === "string" ? [] : head.lines.split("\r\n").slice(1, -1);
        // Every line is one field: a token, a colon, a space, and no control character.
        for (const line of lines)
          expect(line).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*$/);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe("Date", () => {
  it("is an IMF-fixdate (RFC 9110 §5.6.7) of now", () => {
    expect(dateLine()).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n$/);
    expect(Math.abs(Date.parse(dateLine().slice(6)) - Date.now())).toBeLessThan(2000);
  });
});
