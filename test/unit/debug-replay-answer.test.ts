/** What is told of the response to a request that is sent again. */
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { AnswerReader } from "../../src/debug/answer-reader.ts";
import { layOutJson } from "../../src/debug/page/json-layout.ts";
import { Replay } from "../../src/debug/replay.ts";
import type { ReplayAnswer } from "../../src/debug/replay-answer.ts";
import { REPLAY_HEADER } from "../../src/http/debug-door.ts";
import { requestRecord } from "../support/error-models.ts";

const KIB = 1024;

/** Of a request to an application that answers like this. */
async function answerOf(
  respond: (response: ServerResponse) => void,
  method: string = "GET",
): Promise<ReplayAnswer> {
  const listener: RequestListener = (request, response) => {
    replay.redeem(String(request.headers[REPLAY_HEADER.toLowerCase()]))?.begun(2);
    respond(response);
  };
  const server = createServer(listener).listen(0, "127.0.0.1");
  const replay = new Replay(() => server.address());
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => void server.once("listening", resolve));
  const { answer } = await replay.send(
    requestRecord({ method, body: Buffer.alloc(0), bodySize: 0, headers: [["Host", "localhost"]] }),
  );
  return answer;
}

/** Of a body with these headers. */
function told(body: string | Buffer, headers: Readonly<Record<string, string>>): Promise<ReplayAnswer> {
  return answerOf((response) => response.writeHead(200, headers).end(body));
}

describe("the answer to a request that is sent again", () => {
  it("has its status, reason and headers, each as often as it came", async () => {
    const answer = await answerOf((response) =>
      response
        .writeHead(418, "Short and stout", [
          "Content-Type",
          "text/plain",
          "Set-Cookie",
          "a=1",
          "Set-Cookie",
          "b=2",
        ])
        .end("tea"),
    );
    expect(answer).toMatchObject({
      status: 418,
      reason: "Short and stout",
      contentType: "text/plain",
      contentCoding: "",
      body: "tea",
      bodyIsCut: false,
      bodySize: 3,
      end: "whole",
    });
    expect(answer.headers.filter(([name]) => name === "Set-Cookie")).toEqual([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
  });

  it.each([
    ["GET", 204],
    ["GET", 304],
    ["HEAD", 200],
  ])("has no body where HTTP has none: %s, %d", async (method, status) => {
    const answer = await answerOf(
      (response) => response.writeHead(status, { "Content-Encoding": "gzip" }).end(),
      method,
    );
    expect(answer).toMatchObject({ status, body: "", bodySize: 0, bodyIsCut: false, end: "whole" });
  });

  it("keeps the first 64 KiB, counts the rest, and cuts no character in two", async () => {
    // The last character that has room begins in it, and ends behind it.
    const answer = await told(`a${"é".repeat(100 * KIB)}`, { "Content-Type": "text/plain" });
    expect(answer.body).toBe(`a${"é".repeat(32 * KIB - 1)}`);
    expect(answer).toMatchObject({ bodyIsCut: true, bodySize: 200 * KIB + 1, end: "whole" });
    const whole = await told("x".repeat(64 * KIB), { "Content-Type": "text/plain" });
    expect(whole).toMatchObject({ bodyIsCut: false, bodySize: 64 * KIB });
    expect(whole.body).toHaveLength(64 * KIB);
  });

  it.each<[what: string, type: string, bytes: Buffer, text: string | null]>([
    ["what its charset says", "text/html; charset=ISO-8859-1", Buffer.from("caf\u00E9", "latin1"), "café"],
    ["a charset in quotes", 'text/html; charset="Latin1"', Buffer.from("caf\u00E9", "latin1"), "café"],
    ["UTF-8 without a charset", "application/json", Buffer.from('"café"'), '"café"'],
    ["UTF-8 with a charset that there is not", "text/html; charset=none", Buffer.from("café"), "café"],
    ["text that is no UTF-8", "text/plain", Buffer.from("caf\u00E9", "latin1"), "café"],
    ["UTF-16", "text/plain; charset=utf-16le", Buffer.from("café", "utf16le"), "café"],
    ["a drawing in XML", "image/svg+xml", Buffer.from("<svg/>"), "<svg/>"],
    ["text of no type", "", Buffer.from("plain"), "plain"],
    ["an image", "image/png", Buffer.from("as if it were text"), null],
    ["bytes", "application/octet-stream", Buffer.from([0xff, 0xfe, 1]), null],
    ["NUL", "text/plain", Buffer.from("a\0b"), null],
  ])("is text or not: %s", async (_what, type, bytes, text) => {
    const answer = await told(bytes, type === "" ? {} : { "Content-Type": type });
    expect(answer).toMatchObject({ contentType: type, body: text, bodySize: bytes.length, bodyIsCut: false });
  });

  it.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br", brotliCompressSync],
  ])("is unpacked: %s", async (coding, pack) => {
    const packed = pack("café ".repeat(100));
    const headers = { "Content-Type": "text/plain", "Content-Encoding": coding.toUpperCase() };
    expect(await told(packed, headers)).toMatchObject({
      contentCoding: coding,
      body: "café ".repeat(100),
      bodySize: packed.length,
      bodyIsCut: false,
    });
    // A few bytes that stand for 4 MiB.
    const bomb = await told(pack(Buffer.alloc(4 * KIB * KIB, "x")), headers);
    expect(bomb).toMatchObject({ body: "x".repeat(64 * KIB), bodyIsCut: true });
  });

  it("is not told where it is packed in a way that is not known, or not as it says", async () => {
    const unknown = await told("abc", {
      "Content-Type": "text/plain",
      "Content-Encoding": "gzip, aws-chunked",
    });
    expect(unknown).toMatchObject({
      contentCoding: "gzip, aws-chunked",
      body: null,
      bodySize: 3,
      bodyIsCut: false,
    });
    const wrong = await told("abc", { "Content-Type": "text/plain", "Content-Encoding": "gzip" });
    expect(wrong).toMatchObject({ contentCoding: "gzip", body: null, bodySize: 3 });
  });

  it("is what has come of a response that breaks off, packed or not", async () => {
    const headers = { "Content-Type": "text/plain", "Content-Length": "1000000" };
    const breakOff = (body: string | Buffer, more: object) =>
      answerOf((response) => {
        response.writeHead(200, { ...headers, ...more });
        response.write(body, () => response.socket?.destroySoon());
      });
    expect(await breakOff("begun", {})).toMatchObject({ body: "begun", bodySize: 5, end: "broken" });
    const packed = gzipSync("begun").subarray(0, -8);
    expect(await breakOff(packed, { "Content-Encoding": "gzip" })).toMatchObject({
      body: "begun",
      end: "broken",
    });
  });

  it("is what has come of one that does not end, after five seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const take = vi.spyOn(AnswerReader.prototype, "take");
    onTestFinished(() => void vi.restoreAllMocks());
    const answer = answerOf((response) =>
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n"),
    );
    while (take.mock.calls.length === 0) {
      // oxlint-disable-next-line no-await-in-loop -- the first piece comes by the network
      await new Promise((resolve) => void setImmediate(resolve));
    }
    vi.advanceTimersByTime(4_999);
    const early = await Promise.race([answer, new Promise((resolve) => void setImmediate(resolve, "waits"))]);
    expect(early).toBe("waits");
    vi.advanceTimersByTime(1);
    expect(await answer).toMatchObject({ body: "data: 1\n\n", end: "unfinished", bodyIsCut: false });
  });
});

describe("JSON of a response", () => {
  it("has a line for each value, and everything as it was sent", () => {
    expect(layOutJson('{"b":[1.0,12345678901234567890],"a":{},"a":"x,\\"[ \\u00e9"}', false)).toBe(
      [
        "{",
        '  "b": [',
        "    1.0,",
        "    12345678901234567890",
        "  ],",
        '  "a": {},',
        '  "a": "x,\\"[ \\u00e9"',
        "}",
      ].join("\n"),
    );
  });

  it("is left alone where it is none, and laid out as far as it goes where it was cut", () => {
    expect(layOutJson("{not json}", false)).toBe("{not json}");
    expect(layOutJson('[{"a":1},{"b":"hal', true)).toBe('[\n  {\n    "a": 1\n  },\n  {\n    "b": "hal');
  });

  it("of any depth takes no more room than it is worth", () => {
    const deep = "[".repeat(32 * KIB) + "]".repeat(32 * KIB);
    expect(layOutJson(deep, true)).toBe(deep);
  });
});
