/**
 * What an application may rely on, whatever it is served over: PEP 3333 and HTTP, sentence by sentence.
 * The applications are in test/apps; `/mistakes/raises` is `raises` of mistakes.py.
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Client, type Response, Truncated } from "../support/http-client.ts";
import { Fixture, transports } from "./transports.ts";

interface Echo {
  readonly environ: Readonly<Record<string, unknown>>;
  readonly body: { readonly length: number; readonly sha256: string };
}

const KIB = 1024;
const MIB = 1024 * KIB;
/** Milliseconds: long enough for two busy cores, short enough to mean "at once". */
const PROMPT = 2000;

// A request that hangs is a failure, and the next ones may hang for the same reason.
vi.setConfig({ testTimeout: 10_000 });

let files: string;
let contents: Buffer;

beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), "highball-files-"));
  contents = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));
  await writeFile(join(files, "file"), contents);
  await writeFile(join(files, "empty"), "");
});
afterAll(() => rm(files, { recursive: true, force: true }));

describe.each(transports)("$name", (transport) => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await Fixture.start(transport, {
      application: "contract:app",
      env: { X_FILE: join(files, "file"), X_EMPTY_FILE: join(files, "empty") },
    });
  });
  afterEach(() => fixture.settle());
  afterAll(() => fixture.close());

  /** One request on a connection of its own. */
  async function get(
    target: string,
    options: { method?: string; version?: string; headers?: string[]; body?: string | Buffer } = {},
  ): Promise<Response> {
    const client = await fixture.connect();
    return client.fetch(options.method ?? "GET", target, options);
  }

  async function echo(target: string, options: Parameters<typeof get>[1] = {}): Promise<Echo> {
    const response = await get(target, options);
    expect(response.status).toBe(200);
    return readEcho(response);
  }

  describe("environ", () => {
    it("holds every key that PEP 3333 asks for", async () => {
      const { environ } = await echo("/echo/a%20b?c=%20d", { headers: ["X-Custom: value"] });
      expect(environ).toMatchObject({
        REQUEST_METHOD: "GET",
        SCRIPT_NAME: "/echo",
        PATH_INFO: "/a b",
        QUERY_STRING: "c=%20d",
        SERVER_PROTOCOL: "HTTP/1.1",
        HTTP_HOST: "test",
        HTTP_X_CUSTOM: "value",
        "wsgi.version": [1, 0],
        "wsgi.url_scheme": "http",
        "wsgi.run_once": false,
        "wsgi.input_terminated": true,
      });
      const text: unknown = expect.any(String);
      expect(environ).toMatchObject({
        SERVER_NAME: text,
        SERVER_PORT: text,
        SERVER_SOFTWARE: text,
        REMOTE_ADDR: text,
        "wsgi.input": text,
        "wsgi.errors": text,
        "wsgi.file_wrapper": text,
        "wsgi.early_hints": text,
      });
      expect(environ).not.toHaveProperty("CONTENT_TYPE");
      expect(environ).not.toHaveProperty("CONTENT_LENGTH");
    });

    it("says truly whether other threads and processes run the application", async () => {
      const { environ } = await echo("/echo");
      expect(environ).toMatchObject({
        "wsgi.multithread": transport.threads > 1,
        "wsgi.multiprocess": transport.workers > 1,
      });
    });

    it("keeps every byte of the path", async () => {
      const every = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0);
      const encoded = every.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
      const { environ } = await echo(`/echo/${encoded}`);
      expect(environ["PATH_INFO"]).toBe(`/${String.fromCodePoint(...every)}`);
    });
  });

  describe("request body", () => {
    const sizes = [0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, MIB, MIB + 1, 5 * MIB];

    it.each(sizes)("of %i bytes arrives whole, with Content-Length", async (size) => {
      const body = pattern(size);
      const { environ, body: received } = await echo("/echo", { method: "POST", body });
      expect(received).toEqual({ length: size, sha256: sha256(body) });
      expect(environ["CONTENT_LENGTH"]).toBe(String(size));
    });

    it.each(sizes)("of %i bytes arrives whole, chunked", async (size) => {
      const body = pattern(size);
      const client = await fixture.connect();
      client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (const chunk of pieces(body, [1, 10, 70_000, 300_000])) {
        client.send(`${chunk.length.toString(16)}\r\n`);
        client.send(chunk);
        client.send("\r\n");
      }
      client.send("0\r\n\r\n");
      const { environ, body: received } = readEcho(await client.response());
      expect(received).toEqual({ length: size, sha256: sha256(body) });
      expect(environ).toMatchObject({ "wsgi.input_terminated": true });
      // Where the gateway says how long the body is, it says the truth; the coding is gone with the chunks.
      expect(environ["CONTENT_LENGTH"] ?? String(size)).toBe(String(size));
      expect(environ).not.toHaveProperty("HTTP_TRANSFER_ENCODING");
      await expectInStep(client);
    });

    const lines = "first\nsecond\nlast without newline";
    it.each([
      ["read", [lines]],
      ["read-none", [lines, ""]],
      ["read-in-pieces", ["fir", "", "st\ns", "econd\nlast without newline"]],
      ["readline", ["first\n", "se", "cond\n", "last without newline"]],
      ["readlines", ["first\n", "second\n", "last without newline"]],
      ["readlines-hint", ["first\n"]],
      ["iterate", ["first\n", "second\n", "last without newline"]],
      ["after-the-end", ["", "", ""]],
    ])("is read by %s", async (way, expected) => {
      const response = await get(`/reads/${way}`, { method: "POST", body: lines });
      expect(response.json()).toEqual(expected);
    });

    it.each([
      ["read", [""]],
      ["iterate", []],
      ["readlines", []],
      ["after-the-end", ["", "", ""]],
    ])("that is absent ends at once: %s", async (way, expected) => {
      const response = await get(`/reads/${way}`);
      expect(response.json()).toEqual(expected);
    });

    it("that is spooled to a file is read by line too", async () => {
      const body = `${"x".repeat(2 * MIB)}\nsecond\n`;
      const response = await get("/reads/readlines", { method: "POST", body });
      expect(response.json()).toEqual([`${"x".repeat(2 * MIB)}\n`, "second\n"]);
    });

    it.each(["nothing", "a-part"])("that is left unread leaves the connection in step: %s", async (way) => {
      const client = await fixture.connect();
      for (const size of [10, 100 * KIB, 2 * MIB]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other, on one connection
        const response = await client.fetch("POST", `/reads/${way}`, { body: pattern(size) });
        expect(response.status).toBe(200);
      }
      await expectInStep(client);
    });

    it("that ends early never reaches the application (RFC 9112 §8)", async () => {
      const client = await fixture.connect();
      client.send("POST /streaming/tell?ran HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nten bytes.");
      client.socket.end();
      expect((await client.rest()).toString()).toMatch(/^$|^HTTP\/1\.1 400 /);
      const chunked = await fixture.connect();
      chunked.send(
        "POST /streaming/tell?ran HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\na\r\nten bytes.\r\n",
      );
      chunked.socket.end();
      expect((await chunked.rest()).toString()).toMatch(/^$|^HTTP\/1\.1 400 /);
      await get("/hello");
      expect(fixture.stage.has("ran")).toBe(false);
    });

    it("is asked for with 100 Continue when the client waits (RFC 9110 §10.1.1)", async () => {
      const client = await fixture.connect();
      client.send("POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      const interim = await client.head();
      expect(interim).toMatchObject({ status: 100, headers: [] });
      client.send("hello");
      const response = await client.response();
      expect(response.interim).toEqual([]);
      expect(readEcho(response).body.length).toBe(5);
      await expectInStep(client);
    });

    it("is not asked for with 100 Continue by HTTP/1.0 (RFC 9110 §10.1.1)", async () => {
      const client = await fixture.connect();
      client.send("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
      const response = await client.response();
      expect(response).toMatchObject({ status: 200, interim: [] });
    });
  });

  describe("response", () => {
    it.each([
      ["one-block", "one block"],
      ["blocks", "first, second, third"],
      ["nothing", ""],
      ["write", "written twice"],
      ["write-then-iterate", "written, then iterated"],
      ["write-while-iterating", "123"],
      ["write-with-length", "written"],
      ["write-nothing", ""],
      ["generator", "0 1 2 3 4 "],
      ["empty-blocks", "between empty blocks"],
      ["only-empty-blocks", ""],
      ["sequence-without-len", "by index"],
      ["with-length", "Hello World"],
    ])("in the shape of %s", async (shape, body) => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", `/responses/${shape}`);
      expect(response).toMatchObject({ status: 200, text: body });
      expect(response.get("content-type")).toBe("text/plain");
      await expectInStep(client);
    });

    it.each([
      ["start-response-in-generator", 203, "Late", "late"],
      ["start-response-after-empty-block", 203, "Late", "after an empty block"],
      ["start-response-by-keyword", 201, "Created", "created"],
      ["replaced", 503, "Replaced", "replaced"],
      ["replaced-in-generator", 503, "Replaced", "replaced"],
      ["reason", 299, "A Reason Of My Own", "reason"],
    ])("with its status from %s", async (shape, status, reason, body) => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", `/responses/${shape}`);
      expect(response).toMatchObject({ status, reason, text: body });
      expect(response.get("x-first")).toBeUndefined();
      await expectInStep(client);
    });

    it("with a status that has no reason", async () => {
      const response = await get("/responses/reason-missing");
      expect(response).toMatchObject({ status: 200, text: "no reason" });
    });

    it("keeps the application's headers, their order, their case and every one of a name", async () => {
      const response = await get("/responses/headers");
      const own = response.headers.filter(
        ([name]) => !/^(date|server|connection|keep-alive|content-length|transfer-encoding)$/i.test(name),
      );
      expect(own).toEqual([
        ["Content-Type", "text/plain"],
        ["Set-Cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["X-Latin-1", "caf\u00e9"],
        ["X-Empty", ""],
        ["X-Many", "1"],
        ["X-Many", "2"],
      ]);
    });

    it("carries one Date (RFC 9110 §6.6.1), the application's if it sends one", async () => {
      expect((await get("/hello")).get("date")).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
      const own = await get("/responses/own-date-and-server");
      expect(own.get("date")).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
      expect(own.get("server")).toBe("mine/1");
    });

    it("drops the hop-by-hop headers of an application (PEP 3333, Other HTTP Features)", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", "/responses/hop-by-hop");
      expect(response.text).toBe("hop by hop");
      expect(response.get("x-kept")).toBe("kept");
      const names = response.headers.map(([name]) => name.toLowerCase());
      expect(names.filter((name) => /^(trailer|upgrade|proxy-authenticate|te)$/.test(name))).toEqual([]);
      expect(response.get("connection") ?? "keep-alive").not.toContain("X-Listed");
      expect(response.get("keep-alive") ?? "").not.toBe("timeout=1");
      await expectInStep(client);
    });

    it("of known and of unknown length survives 20 MB", async () => {
      const client = await fixture.connect();
      const known = await client.fetch("GET", `/responses/large?${20 * MIB}`);
      expect(known.framing).toBe("length");
      expect(known.body.equals(Buffer.alloc(20 * MIB, "x"))).toBe(true);
      const unknown = await client.fetch("GET", `/responses/large-unknown?${20 * MIB}`);
      expect(unknown.body.equals(Buffer.alloc(20 * MIB, "y"))).toBe(true);
      await expectInStep(client);
    });
  });

  describe("without a body", () => {
    it.each(["with-body", "with-body-unknown", "one-block", "nothing", "write", "generator"])(
      "HEAD gets the head of %s and no body (RFC 9110 §9.3.2)",
      async (shape) => {
        const client = await fixture.connect();
        const response = await client.fetch("HEAD", `/responses/${shape}`);
        expect(response).toMatchObject({ status: 200, body: Buffer.alloc(0) });
        await expectInStep(client);
      },
    );

    it("HEAD keeps the Content-Length that GET would get (RFC 9110 §8.6)", async () => {
      expect((await get("/responses/with-body", { method: "HEAD" })).get("content-length")).toBe("11");
    });

    it("HEAD of a response that never ends is answered, and the iterable closed", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("HEAD", "/streaming/endless");
      expect(response.status).toBe(200);
      expect(await milliseconds(fixture.stage.reached("closed"))).toBeLessThan(PROMPT);
    });

    it.each(["with-body", "with-body-unknown"])(
      "204 of %s has no body and no length (RFC 9110 §8.6)",
      async (shape) => {
        const client = await fixture.connect();
        const response = await client.fetch("GET", `/responses/${shape}?204+No+Content`);
        expect(response).toMatchObject({ status: 204, framing: "none" });
        expect(response.get("content-length")).toBeUndefined();
        expect(response.get("transfer-encoding")).toBeUndefined();
        await expectInStep(client);
      },
    );

    it.each(["with-body", "with-body-unknown"])("304 of %s has no body (RFC 9110 §15.4.5)", async (shape) => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", `/responses/${shape}?304+Not+Modified`);
      expect(response).toMatchObject({ status: 304, framing: "none" });
      expect(response.get("transfer-encoding")).toBeUndefined();
      await expectInStep(client);
    });

    it.each(["with-body", "with-body-unknown"])(
      "205 of %s has no content (RFC 9110 §15.3.6)",
      async (shape) => {
        const client = await fixture.connect();
        const response = await client.fetch("GET", `/responses/${shape}?205+Reset+Content`);
        expect(response).toMatchObject({ status: 205, text: "" });
        await expectInStep(client);
      },
    );
  });

  describe("HTTP/1.0", () => {
    it("closes after a response of known length", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", "/responses/with-length", { version: "1.0" });
      expect(response).toMatchObject({ framing: "length", text: "Hello World" });
      await client.closed();
    });

    it.each(["generator", "write", "start-response-in-generator"])(
      "gets %s unchunked, ended by the close (RFC 9112 §6.1)",
      async (shape) => {
        const client = await fixture.connect();
        const response = await client.fetch("GET", `/responses/${shape}`, { version: "1.0" });
        expect(response.get("transfer-encoding")).toBeUndefined();
        expect(response.body.length).toBeGreaterThan(0);
        await client.closed();
      },
    );

    it("with Connection: keep-alive is kept where the length is known", async () => {
      const client = await fixture.connect();
      for (const path of ["/responses/with-length", "/hello"]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other, on one connection
        const response = await client.fetch("GET", path, {
          version: "1.0",
          headers: ["Connection: keep-alive"],
        });
        expect(response.framing).toBe("length");
        expect(response.get("connection")?.toLowerCase()).toBe("keep-alive");
      }
    });

    it("with Connection: keep-alive is closed where the length is not known", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", "/responses/generator", {
        version: "1.0",
        headers: ["Connection: keep-alive"],
      });
      expect(response).toMatchObject({ framing: "close", text: "0 1 2 3 4 " });
      await client.closed();
    });

    it("gets no 103 (RFC 9110 §15.2)", async () => {
      const response = await get("/responses/early-hints", { version: "1.0" });
      expect(response).toMatchObject({ status: 200, interim: [], text: "hinted" });
    });
  });

  describe("Content-Length", () => {
    it.each(["short", "short-generator"])(
      "larger than the body of %s: the connection is cut (RFC 9112 §6.3)",
      async (shape) => {
        const client = await fixture.connect();
        client.request("GET", `/responses/${shape}`);
        expect((await client.cut()).toString()).toBe("only this");
        expect((await fixture.output()) + (await fixture.log())).toContain(`/responses/${shape}`);
      },
    );

    it("without any body: the client is not left waiting", async () => {
      const client = await fixture.connect();
      client.request("GET", "/responses/short-without-body");
      // Nothing was sent yet, so 500 is as good as a head and a cut; only waiting for ever is not.
      const answer = await client.head();
      expect([200, 500]).toContain(answer.status);
      await (answer.status === 200 ? client.closed() : client.bytes(Number(answer.get("content-length"))));
    });

    it.each(["long", "long-generator", "long-write"])(
      "smaller than the body of %s: the rest is cut",
      async (shape) => {
        const client = await fixture.connect();
        const response = await client.fetch("GET", `/responses/${shape}`);
        expect(response.text).toBe("Hello");
        await expectInStep(client);
      },
    );

    it("of 0 with a body: nothing is sent", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", "/responses/zero-length");
      expect(response.text).toBe("");
      await expectInStep(client);
    });

    it("of an integer is a mistake of the application's", async () => {
      expect(await get("/mistakes/header-value-integer")).toMatchObject({ status: 500 });
    });
  });

  describe("streaming", () => {
    it.each(["steps", "write-steps"])("each block of %s leaves before the next is made", async (shape) => {
      const client = await fixture.connect();
      client.request("GET", `/streaming/${shape}`);
      expect(await client.head()).toMatchObject({ status: 200 });
      for (const number of [1, 2, 3]) {
        // oxlint-disable-next-line no-await-in-loop -- the point is that they come one by one
        expect((await client.chunk()).toString()).toBe(`block ${number}\n`);
        fixture.stage.cue(`after block ${number}`);
      }
      expect(await client.chunk()).toHaveLength(0);
      await expectInStep(client);
    });

    it("each block leaves before the next is made, with Content-Length", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/steps-with-length");
      await client.head();
      for (const number of [1, 2, 3]) {
        // oxlint-disable-next-line no-await-in-loop -- the point is that they come one by one
        expect((await client.bytes(8)).toString()).toBe(`block ${number}\n`);
        fixture.stage.cue(`after block ${number}`);
      }
      await expectInStep(client);
    });

    it("a block reaches the client within 20 ms", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/ticks");
      await client.head();
      const delays: number[] = [];
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- the point is when each one comes
        const chunk = await client.chunk();
        if (chunk.length === 0) break;
        // Python's monotonic clock and Node's are the same one.
        delays.push(Number(process.hrtime.bigint() - BigInt(chunk.toString().trim())) / 1e6);
      }
      expect(delays).toHaveLength(50);
      // The median: a machine that runs every test at once may well delay one block.
      expect(delays.toSorted((a, b) => a - b)[25]).toBeLessThan(20);
    });

    it("an empty block sends nothing, not even the head (PEP 3333)", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/head-first");
      await fixture.stage.reached("after the empty block");
      await fixture.seen();
      expect(client.socket.bytesRead).toBe(0);
      fixture.stage.cue("after the empty block");
      expect((await client.response()).text).toBe("body");
    });

    it("a client that reads slowly holds the iterable, not memory", async () => {
      const client = await fixture.connect();
      client.socket.pause();
      client.request("GET", `/responses/large?${50 * MIB}`);
      // One of the runners is held; those that are free go on.
      const free = Array.from({ length: transport.workers * transport.threads - 1 });
      await Promise.all(free.map(() => get("/hello")));
      client.socket.resume();
      const response = await client.response();
      expect(response.body).toHaveLength(50 * MIB);
      await expectInStep(client);
    });
  });

  describe("pipelining (RFC 9112 §9.3.2)", () => {
    it("25 requests in one packet are answered in order", async () => {
      const client = await fixture.connect();
      const numbers = Array.from({ length: 25 }, (_, index) => index);
      client.send(numbers.map((number) => `GET /echo?${number} HTTP/1.1\r\nHost: test\r\n\r\n`).join(""));
      for (const number of numbers) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other is how they come
        const response = await client.response();
        expect(readEcho(response).environ["QUERY_STRING"]).toBe(String(number));
      }
      await expectInStep(client);
    });

    it("a fast request waits for the slow one before it", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/hold?slow");
      client.request("POST", "/echo", { body: "fast" });
      client.request("HEAD", "/hello");
      client.request("GET", "/hello");
      await fixture.stage.reached("slow");
      await fixture.seen();
      expect(client.socket.bytesRead).toBe(0);
      fixture.stage.cue("slow");
      expect((await client.response()).text).toBe("slow");
      expect(readEcho(await client.response()).body.length).toBe(4);
      expect(await client.response({ method: "HEAD" })).toMatchObject({ status: 200 });
      expect((await client.response()).text).toBe("Hello, World!");
    });

    it("a request after Connection: close is not answered (RFC 9112 §9.6)", async () => {
      const client = await fixture.connect();
      client.request("GET", "/hello", { headers: ["Connection: close"] });
      client.request("GET", "/streaming/tell?after-close");
      const response = await client.response();
      expect(response.get("connection")?.toLowerCase()).toBe("close");
      await client.closed();
      expect(fixture.stage.has("after-close")).toBe(false);
    });

    it("a response that breaks off closes the connection, and what follows is not answered on it", async () => {
      const client = await fixture.connect();
      client.request("GET", "/mistakes/raises-after-first-block");
      client.request("GET", "/hello");
      await expect(client.response()).rejects.toBeInstanceOf(Truncated);
    });
  });

  describe("wsgi.file_wrapper", () => {
    it.each(["whole", "whole-with-length", "default-block-size", "unbuffered", "hidden-in-a-generator"])(
      "%s sends the file",
      async (shape) => {
        const client = await fixture.connect();
        const response = await client.fetch("GET", `/files/${shape}`);
        expect(response.body.equals(contents)).toBe(true);
        await expectInStep(client);
      },
    );

    it.each([
      ["offset", 1000, undefined],
      ["offset-after-read", 10, undefined],
      ["part", 1000, 1500],
      ["at-the-end", 300_000, undefined],
    ])("%s sends what is left from the file's position", async (shape, start, end) => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", `/files/${shape}`);
      expect(response.body.equals(contents.subarray(start, end))).toBe(true);
      await expectInStep(client);
    });

    it.each(["empty", "empty-file", "empty-file-with-length", "at-the-end"])(
      "%s sends nothing, framed once",
      async (shape) => {
        const client = await fixture.connect();
        const response = await client.fetch("GET", `/files/${shape}`);
        expect(response).toMatchObject({ status: 200, text: "" });
        await expectInStep(client);
      },
    );

    it.each([
      ["in-memory", "no file descriptor"],
      ["pipe", "through a pipe"],
      ["file-like", "only read()"],
      ["unlinked", "gone but open"],
    ])("%s is iterated over", async (shape, body) => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", `/files/${shape}`);
      expect(response.text).toBe(body);
      await expectInStep(client);
    });

    it("follows what write() has sent", async () => {
      const response = await get("/files/write-then-file");
      expect(response.body.equals(Buffer.concat([Buffer.from("before the file: "), contents]))).toBe(true);
    });

    it("shorter than its Content-Length cuts the connection", async () => {
      const client = await fixture.connect();
      client.request("GET", "/files/too-short");
      expect((await client.cut()).equals(contents)).toBe(true);
    });

    it("answers HEAD with the length and no body", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("HEAD", "/files/whole-with-length");
      expect(response.get("content-length")).toBe("300000");
      await expectInStep(client);
    });

    it("is sent to HTTP/1.0", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", "/files/whole", { version: "1.0" });
      expect(response.body.equals(contents)).toBe(true);
      await client.closed();
    });

    it("closes the file", async () => {
      await get("/files/closes");
      expect(await milliseconds(fixture.stage.reached("file closed"))).toBeLessThan(PROMPT);
    });

    it("closes the file when the client has left", async () => {
      const large = join(files, "large");
      await writeFile(large, "");
      await truncate(large, 200 * MIB);
      const other = await Fixture.start(transport, {
        application: "contract:app",
        env: { X_FILE: large, X_EMPTY_FILE: large },
      });
      try {
        const client = await other.connect();
        client.request("GET", "/files/closes");
        await client.head();
        client.destroy();
        expect(await milliseconds(other.stage.reached("file closed"))).toBeLessThan(PROMPT);
        expect((await stat(large)).size).toBe(200 * MIB);
      } finally {
        await other.close();
      }
    });
  });

  describe("wsgi.early_hints (RFC 8297)", () => {
    it("sends 103 before the response", async () => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", "/responses/early-hints");
      expect(response).toMatchObject({ status: 200, text: "hinted" });
      expect(response.interim.map(({ status, headers }) => [status, headers])).toEqual([
        [103, [["Link", "</a.css>; rel=preload; as=style"]]],
        [
          103,
          [
            ["Link", "</b.js>; rel=preload; as=script"],
            ["X-Hint", "2"],
          ],
        ],
      ]);
      await expectInStep(client);
    });

    it("with CR or LF gives 500", async () => {
      expect(await get("/responses/early-hints-bad")).toMatchObject({ status: 500, interim: [] });
    });
  });

  describe("mistake of the application", () => {
    it.each([
      "no-start-response",
      "no-start-response-and-no-body",
      "start-response-twice",
      "start-response-twice-with-no-headers",
      "write-before-start-response",
      "raises",
      "raises-after-start-response",
      "raises-before-first-block",
      "raises-after-empty-block",
      "raises-base-exception",
      "raises-keyboard-interrupt",
      "raises-generator-exit",
      "none",
      "none-without-head",
      "text",
      "plain-string",
      "plain-bytes",
      "numbers",
      "write-text",
      "status-integer",
      "status-bytes",
      "status-empty",
      "status-short",
      "status-words",
      "status-newline",
      "status-not-latin-1",
      "status-interim",
      "header-carriage-return",
      "header-newline",
      "header-split",
      "header-nul",
      "header-not-latin-1",
      "header-name-newline",
      "header-name-space",
      "header-name-colon",
      "header-name-empty",
      "header-name-not-latin-1",
      "header-value-integer",
      "header-value-bytes",
      "header-not-a-pair",
      "header-in-late-head",
      "content-length-words",
      "content-length-negative",
      "content-length-twice",
    ])("%s gives 500 and a log line, and leaves the connection in step", async (mistake) => {
      const client = await fixture.connect();
      const response = await client.fetch("GET", `/mistakes/${mistake}`);
      expect(response.status).toBe(500);
      expect(response.get("x-first")).toBeUndefined();
      expect(response.get("x-forged")).toBeUndefined();
      expect(response.text).not.toMatch(/forged|Traceback/);
      expect((await fixture.output()) + (await fixture.log())).toContain(`/mistakes/${mistake}`);
      if (response.get("connection") === "close") await client.closed();
      else await expectInStep(client);
    });

    it.each([
      "raises-after-first-block",
      "raises-after-first-block-with-length",
      "raises-after-write",
      "exc-info-after-headers",
      "text-after-bytes",
    ])("%s cuts the response, which does not look whole (RFC 9112 §8)", async (mistake) => {
      const client = await fixture.connect();
      client.request("GET", `/mistakes/${mistake}`);
      expect((await client.cut()).toString()).toBe("partial");
      expect((await fixture.output()) + (await fixture.log())).toContain(`/mistakes/${mistake}`);
    });

    it.each(["close-raises", "close-raises-unknown-length", "raises-after-the-whole-body"])(
      "%s is logged, and the response is whole",
      async (mistake) => {
        const client = await fixture.connect();
        const response = await client.fetch("GET", `/mistakes/${mistake}`);
        expect(response).toMatchObject({ status: 200, text: "whole" });
        await expectInStep(client);
        await expect.poll(() => fixture.output()).toMatch(/in close\(\)|after the whole body/);
      },
    );

    it.each([
      ["GET", "close-is-called", undefined],
      ["HEAD", "close-is-called-on-head", undefined],
      ["GET", "close-is-called-after-error", Truncated],
    ])("%s %s: close() is called", async (method, path, failure) => {
      const client = await fixture.connect();
      const outcome = await client.fetch(method, `/mistakes/${path}`).catch((error: unknown) => error);
      expect(outcome instanceof Truncated).toBe(failure !== undefined);
      expect(await milliseconds(fixture.stage.reached("closed"))).toBeLessThan(PROMPT);
    });
  });

  describe("client that leaves", () => {
    it.each(["endless", "endless-large", "endless-generator", "endless-write"])(
      "closes the iterable of %s",
      async (shape) => {
        const client = await fixture.connect();
        client.request("GET", `/streaming/${shape}`);
        await fixture.stage.reached("begun");
        await client.head();
        client.destroy();
        expect(await milliseconds(fixture.stage.reached("closed"))).toBeLessThan(PROMPT);
        expect((await get("/hello")).status).toBe(200);
      },
    );

    it("closes an iterable that waits because the client does not read", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/endless-large");
      await fixture.stage.reached("begun");
      await client.head();
      client.socket.pause();
      await fixture.seen();
      client.destroy();
      expect(await milliseconds(fixture.stage.reached("closed"))).toBeLessThan(PROMPT);
    });

    it("closes an iterable that yields nothing", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/endless-nothing");
      await fixture.stage.reached("begun");
      client.destroy();
      expect(await milliseconds(fixture.stage.reached("closed"))).toBeLessThan(PROMPT);
    });

    it("by sending FIN is gone, as for nginx: its iterable is closed", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/hold?half-closed");
      await fixture.stage.reached("half-closed");
      client.socket.end();
      expect(await client.rest()).toHaveLength(0);
      fixture.stage.cue("half-closed");
    });

    it("while its request waits in the queue: it is never run", async () => {
      const holders = await occupy(fixture, transport.workers * transport.threads);
      const ghost = await fixture.connect();
      ghost.request("GET", "/streaming/tell?ghost");
      const patient = await fixture.connect();
      patient.request("GET", "/streaming/tell?patient");
      await fixture.seen();
      ghost.destroy();
      await fixture.seen();
      // The news may have to go on to a worker that holds the request; it tells nobody that it came.
      await setTimeout(100);
      await holders.release();
      expect((await patient.response()).text).toBe("told");
      await fixture.stage.reached("patient");
      expect(fixture.stage.has("ghost")).toBe(false);
    });

    it("with several requests pipelined: none that waits is run", async () => {
      const client = await fixture.connect();
      client.request("GET", "/streaming/hold?first");
      client.request("GET", "/streaming/tell?second");
      await fixture.stage.reached("first");
      const holders = await occupy(fixture, transport.workers * transport.threads - 1);
      await fixture.seen();
      const secondRan = fixture.stage.has("second");
      client.destroy();
      await fixture.seen();
      await setTimeout(100);
      fixture.stage.cue("first");
      await holders.release();
      await get("/hello");
      // Where another runner was free it may have begun the second one; it may not begin afterwards.
      expect(fixture.stage.has("second")).toBe(secondRan);
    });
  });

  describe("crash", () => {
    const oneRequest = ["sys-exit", "recursion", "thread-dies", "memory"];
    const wholeProcess = ["os-exit", "kill", "segfault", "abort"];

    it.each([
      ...oneRequest.map((crash) => [crash, 500] as const),
      ...wholeProcess.map((crash) => [crash, 502] as const),
    ])("%s costs its own request only", async (crash, status) => {
      const capacity = transport.workers * transport.threads;
      const victim = await fixture.connect();
      victim.request("GET", `/crashes/${crash}?armed`);
      await fixture.stage.reached("armed");
      // Behind it where it is alone, else beside it: the others end before the crash then.
      const others = Array.from({ length: 20 }, () => get("/hello"));
      if (capacity > 1) await Promise.all(others);
      await fixture.seen();
      fixture.stage.cue("armed");
      expect(await victim.response()).toMatchObject({ status });
      for (const response of await Promise.all(others)) expect(response.text).toBe("Hello, World!");
      expect((await get("/hello")).text).toBe("Hello, World!");
    });

    it.each([
      ["os-exit", /exit\w* (code|status|with)?\D*7/i],
      ["kill", /SIGKILL/],
      ["segfault", /SIGSEGV/],
    ])("%s is logged with its cause and its request", async (crash, cause) => {
      await get(`/crashes/${crash}`);
      await expect.poll(() => fixture.log()).toMatch(cause);
      expect(await fixture.log()).toContain(`/crashes/${crash}`);
    });

    it("before the response is whole cuts it", async () => {
      const client = await fixture.connect();
      client.request("GET", "/crashes/os-exit-after-head");
      await client.head();
      expect((await client.chunk()).toString()).toBe("partial");
      fixture.stage.cue("sent");
      await expect(client.chunk()).rejects.toBeInstanceOf(Truncated);
      expect((await get("/hello")).text).toBe("Hello, World!");
    });

    it("sys.exit before the response is whole cuts it", async () => {
      const client = await fixture.connect();
      await expect(client.fetch("GET", "/crashes/sys-exit-after-head")).rejects.toBeInstanceOf(Truncated);
      expect((await get("/hello")).text).toBe("Hello, World!");
    });

    it("recursion inside a generator gives 500", async () => {
      expect(await get("/crashes/deep-recursion-in-generator")).toMatchObject({ status: 500 });
    });

    it("of a thread of the application's own is the application's affair", async () => {
      expect((await get("/crashes/background-thread-dies")).text).toBe("ok");
      await expect.poll(() => fixture.output()).toContain("ZeroDivisionError");
    });

    it.each([
      ["first", 0],
      ["second", transport.threads > 1 ? transport.workers : 0],
    ])("of the %s runner between two requests costs at most the request it strikes", async (_, held) => {
      const own = await Fixture.start(transport, { application: "contract:app" });
      try {
        const ask = async (target: string): Promise<Response> =>
          (await own.connect()).fetch("GET", target, { headers: ["Connection: close"] });
        const holders = await occupy(own, held);
        expect((await ask("/crashes/thread-dies-later")).text).toBe("ok");
        const until = performance.now() + 300;
        const statuses: number[] = [];
        while (performance.now() < until) {
          // oxlint-disable-next-line no-await-in-loop -- requests before, while and after it strikes
          statuses.push((await ask("/hello")).status);
        }
        expect(statuses.filter((status) => status !== 200).length).toBeLessThanOrEqual(1);
        await holders.release().catch(() => undefined);
        // No runner is missing afterwards.
        const all = await occupy(own, transport.workers * transport.threads);
        await all.release();
      } finally {
        await own.close();
      }
    });

    it("by SIGTERM from elsewhere costs at most its own request", async () => {
      await get("/crashes/terminate").catch(() => undefined);
      expect((await get("/hello")).text).toBe("Hello, World!");
    });

    it("by closing every descriptor costs its own request only", async () => {
      const response = await get("/crashes/close-every-descriptor");
      expect([200, 502]).toContain(response.status);
      expect((await get("/hello")).text).toBe("Hello, World!");
    });

    it("closing the standard streams is no crash", async () => {
      expect((await get("/crashes/close-standard-streams")).text).toBe("ok");
      expect(await get("/mistakes/raises")).toMatchObject({ status: 500 });
      // The worker that lost its streams is put out of the way of the tests that read them.
      await get("/crashes/kill");
      for (const _ of Array.from({ length: transport.workers - 1 })) {
        // oxlint-disable-next-line no-await-in-loop -- one worker after the other
        await get("/crashes/kill");
      }
    });
  });

  describe("output", () => {
    it.each([
      ["stdout", "to stdout, no newline yet: "],
      ["stderr", "to stderr\n"],
      ["errors", "to wsgi.errors\none line\nand another\n"],
      ["logs", "through logging\n"],
      ["unicode", "caf\u00e9 \u20ac \u{1f40d}\n"],
    ])("to %s appears at once", async (way, text) => {
      const client = await fixture.connect();
      client.request("GET", `/output/${way}`);
      await fixture.stage.reached("printed");
      expect(await fixture.output()).toContain(text);
      fixture.stage.cue("printed");
      expect((await client.response()).text).toBe("printed");
    });
  });

  describe("wsgiref.validate", () => {
    it.each([
      ["GET", "hello", undefined],
      ["GET", "echo", undefined],
      ["POST", "echo", "body"],
      ["POST", "input", "first\nsecond\nthird"],
      ["PUT", "input", "x".repeat(2 * MIB)],
      ["HEAD", "hello", undefined],
      ["DELETE", "echo", undefined],
    ])("has nothing to say about %s %s", async (method, path, body) => {
      const before = (await fixture.output()).length;
      const response = await get(`/validated/${path}?a=b`, {
        method,
        ...(body === undefined ? {} : { body }),
      });
      expect(response.status).toBe(200);
      expect((await fixture.output()).slice(before)).not.toMatch(/Error|Warning/);
    });

    it("has nothing to say about a stream", async () => {
      for (const number of [1, 2, 3]) fixture.stage.cue(`after block ${number}`);
      expect((await get("/validated/steps")).text).toBe("block 1\nblock 2\nblock 3\n");
    });
  });
});

describe("a limit on request bodies", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start(
      { name: "TCP", socket: "tcp", workers: 1, threads: 1 },
      { application: "contract:app", limitRequestBody: 100 * KIB },
    );
  });
  afterEach(() => fixture.settle());
  afterAll(() => fixture.close());

  it("lets a body through that is just as long", async () => {
    const client = await fixture.connect();
    const response = await client.fetch("POST", "/echo", { body: pattern(100 * KIB) });
    expect(readEcho(response).body.length).toBe(100 * KIB);
  });

  it.each(["Content-Length", "chunked"])(
    "answers 413 to a client that is still sending, %s (RFC 9110 §15.5.14)",
    async (framing) => {
      const client = await fixture.connect();
      const block = pattern(64 * KIB);
      client.send(
        framing === "chunked"
          ? "POST /streaming/tell?ran HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
          : `POST /streaming/tell?ran HTTP/1.1\r\nHost: test\r\nContent-Length: ${20 * MIB}\r\n\r\n`,
      );
      // Far more than the sockets' buffers hold: a server that stops reading and closes sends RST here,
      // and the client never sees the answer.
      for (let sent = 0; sent < 20 * MIB; sent += block.length) {
        client.send(
          framing === "chunked"
            ? Buffer.concat([Buffer.from("10000\r\n"), block, Buffer.from("\r\n")])
            : block,
        );
      }
      expect(await client.response()).toMatchObject({ status: 413 });
      expect(fixture.stage.has("ran")).toBe(false);
    },
  );

  it("answers 413 instead of 100 Continue (RFC 9110 §10.1.1)", async () => {
    const client = await fixture.connect();
    client.send(
      `POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: ${MIB}\r\n\r\n`,
    );
    expect(await client.response()).toMatchObject({ status: 413, interim: [] });
  });
});

/** The connection is in step after what happened on it: the next request is answered. */
async function expectInStep(client: Client): Promise<void> {
  const response = await client.fetch("GET", "/hello");
  expect(response.text).toBe("Hello, World!");
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function readEcho(response: Response): Echo {
  const value = response.json();
  if (!isEcho(value)) throw new TypeError(`not an answer of echo.py: ${response.text}`);
  return value;
}

function isEcho(value: unknown): value is Echo {
  return typeof value === "object" && value !== null && "environ" in value && "body" in value;
}

/** Bytes in which a shift, a gap or a swapped block shows. */
function pattern(size: number): Buffer {
  const block = Buffer.from(Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) & 255));
  return Buffer.alloc(size, block);
}

/** Cuts `data` into pieces whose sizes go round in `sizes`. */
function pieces(data: Buffer, sizes: readonly number[]): Buffer[] {
  const result: Buffer[] = [];
  for (let start = 0, turn = 0; start < data.length; turn++) {
    const size = sizes[turn % sizes.length] ?? data.length;
    result.push(data.subarray(start, start + size));
    start += size;
  }
  return result;
}

/** How long `event` lets wait. */
async function milliseconds(event: Promise<void>): Promise<number> {
  const begin = performance.now();
  await event;
  return performance.now() - begin;
}

/** Fills `count` runners with requests that wait until `release`. */
async function occupy(fixture: Fixture, count: number): Promise<{ release(): Promise<void> }> {
  const clients = await Promise.all(Array.from({ length: count }, () => fixture.connect()));
  for (const client of clients) client.request("GET", "/streaming/hold?occupied");
  for (const _ of clients) {
    // oxlint-disable-next-line no-await-in-loop -- every one must be there
    await fixture.stage.reached("occupied");
  }
  return {
    async release(): Promise<void> {
      for (const _ of clients) fixture.stage.cue("occupied");
      await Promise.all(clients.map((client) => client.response()));
    },
  };
}
