import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ParserError, judgeParserError } from "../../src/http/parser-errors.ts";

/** An error as Node makes one, of a packet that the parser stopped in. */
function parserError(code: string, packet: string, bytesParsed: number, reason = ""): ParserError {
  return { code, reason, bytesParsed, rawPacket: Buffer.from(packet, "latin1") };
}

function statusOf(error: ParserError): number | null {
  return judgeParserError(error)?.status ?? null;
}

function unknown(packet: string, bytesParsed = 0): ReturnType<typeof judgeParserError> {
  return judgeParserError(parserError("HPE_INVALID_METHOD", packet, bytesParsed));
}

function overflow(packet: string, bytesParsed = packet.length): number | null {
  return statusOf(parserError("HPE_HEADER_OVERFLOW", packet, bytesParsed));
}

describe("a method that the parser does not know", () => {
  it("is quoted when it is a token", () => {
    expect(unknown("BREW / HTTP/1.1\r\n", 1)).toEqual({
      ok: false,
      status: 501,
      reason: "The method 'BREW' is not one that this server knows.",
    });
  });

  it("is found behind another request in the same packet", () => {
    const before = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    expect(unknown(`${before}BREW / HTTP/1.1\r\n`, before.length + 1)?.reason).toContain("'BREW'");
  });

  it("is not quoted when the packet ends within it, or it is endless", () => {
    expect(unknown("BRE", 1)?.reason).toBe("The method is not one that this server knows.");
    expect(unknown("A".repeat(5000))?.reason).toBe("The method is not one that this server knows.");
  });

  it.each(["G@T / HTTP/1.1", "\0", " GET /", "hello\r\n\r\n", "\x1b[31m / HTTP/1.1", '"GET" /'])(
    "%j is none",
    (packet) => {
      expect(unknown(packet)).toMatchObject({ status: 400 });
    },
  );

  it("is not looked for in a TLS handshake, for which there is better advice", () => {
    for (const hello of ["\x16\x03\x01\x02\x00\x01", "\x16\x03\x03", "\x16"]) {
      expect(unknown(hello)).toMatchObject({
        status: 400,
        reason: expect.stringContaining("plain HTTP") as unknown,
      });
    }
    expect(unknown("\x16\x02")?.reason).not.toContain("TLS");
  });
});

describe("a head that is longer than all limits together", () => {
  it("is 414 where the request line is seen to be too long", () => {
    expect(overflow(`GET /${"a".repeat(70_000)}`)).toBe(414);
    expect(overflow(`GET http://a.test/${"a".repeat(70_000)}`)).toBe(414);
  });

  it("is 431 otherwise", () => {
    expect(overflow(`GET / HTTP/1.1\r\nX: ${"a".repeat(70_000)}`)).toBe(431);
    expect(overflow("a".repeat(70_000))).toBe(431);
    expect(overflow(`${"a".repeat(100)}\r\nX: `)).toBe(431);
  });
});

describe("other errors", () => {
  it.each([
    ["HPE_INVALID_URL", 400],
    ["HPE_INVALID_HEADER_TOKEN", 400],
    ["HPE_CR_EXPECTED", 400],
    ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
    ["HPE_PAUSED_H2_UPGRADE", 505],
    ["HPE_OF_A_LATER_VERSION", 400],
    ["ERR_HTTP_REQUEST_TIMEOUT", 408],
    ["HPE_CLOSED_CONNECTION", null],
    ["HPE_INVALID_EOF_STATE", null],
    ["ECONNRESET", null],
    ["EPIPE", null],
    ["", null],
  ])("%s is answered %j", (code, status) => {
    expect(statusOf({ code })).toBe(status);
  });

  it("without a packet are answered as well", () => {
    for (const code of ["HPE_INVALID_METHOD", "HPE_INVALID_VERSION", "HPE_HEADER_OVERFLOW"]) {
      expect(statusOf({ code })).toBeGreaterThanOrEqual(400);
    }
  });

  it("in Content-Length are 413 if it is a number", () => {
    const code = "HPE_INVALID_CONTENT_LENGTH";
    expect(statusOf({ code, reason: "Content-Length overflow" })).toBe(413);
    expect(statusOf({ code, reason: "Invalid character in Content-Length" })).toBe(400);
  });
});

/** The running Node's own errors, so that a new version of its parser cannot change an answer unseen. */
describe("the errors of this Node", () => {
  const server = createServer({ maxHeaderSize: 8192 }, (_request, response) => response.end());
  let errors: ParserError[] = [];

  beforeAll(async () => {
    server.on("clientError", (error: ParserError, socket) => {
      errors.push(error);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function errorOf(bytes: string): Promise<ParserError> {
    errors = [];
    // oxlint-disable-next-line no-unsafe-type-assertion -- it listens on a port
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(Buffer.from(bytes, "latin1"));
    await new Promise((resolve) => socket.once("close", resolve));
    return errors[0] ?? {};
  }

  it.each([
    ["BREW / HTTP/1.1\r\n\r\n", 501],
    ["GET / HTTP/1.2\r\n\r\n", 505],
    ["GET / HTTP/4.0\r\n\r\n", 505],
    ["GET / HTTP/11\r\n\r\n", 400],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
    [`GET /${"a".repeat(9000)} HTTP/1.1\r\n\r\n`, 414],
    [`GET / HTTP/1.1\r\nX: ${"a".repeat(9000)}\r\n\r\n`, 431],
    ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413],
    ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n", 400],
    ["\x16\x03\x01\x00\xf1\x01\x00\x00\xed\x03\x03", 400],
  ])("%j is answered %i", async (bytes, status) => {
    expect(statusOf(await errorOf(bytes))).toBe(status);
  });
});
