import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import type { Responder } from "../../src/application.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isForDocument } from "../../src/http/refresh/page-follower.ts";
import { raised } from "../support/failures.ts";
import { makeFolder } from "../support/folder.ts";
import { type Answer, page, TestGateway } from "../support/gateway.ts";
import { Client, type Response, Truncated } from "../support/http-client.ts";

const SEED = 20261120;
const ELEMENT =
  /<script src="\/__highball__\/refresh\.js\?v=[0-9a-f]{12}" data-version="[0-9a-z.]+"( nonce="[^"]+")? defer><\/script>$/;
const ELEMENT_ONLY = new RegExp(`^${ELEMENT.source}`);

let server: TestGateway;

beforeAll(async () => {
  server = await TestGateway.open({ settings: { refresh: true } });
});
afterAll(() => server.close());

interface Sending {
  readonly method?: string;
  readonly version?: string;
  readonly host?: string;
  readonly headers?: readonly string[];
}

/** One response, on a connection of its own. */
async function get(answer: Answer, sending: Sending = {}): Promise<Response> {
  server.answer = answer;
  const client = await Client.connect({ host: "127.0.0.1", port: server.port });
  const method = sending.method ?? "GET";
  const lines = [
    `${method} / HTTP/${sending.version ?? "1.1"}`,
    `Host: ${sending.host ?? "localhost"}`,
    ...(sending.headers ?? []),
  ];
  client.send(`${lines.join("\r\n")}\r\n\r\n`);
  const response = await client.response({ method });
  client.destroy();
  return response;
}

const body = "<!doctype html><title>t</title><p>ä\u{1F642}</html>";

describe("the script of --refresh is added", () => {
  it.each<[string, Answer, Sending?]>([
    ["a page", page({ body })],
    ["a page without charset", page({ body, type: "text/html" })],
    ["any spelling of HTML", page({ body, type: "Text/HTML ; charset=ISO-8859-1" })],
    ["a page that was not found", page({ body, status: "404 Not Found" })],
    ["a page that failed", page({ body, status: "500 Internal Server Error" })],
    ["identity is no coding", page({ body, headers: "Content-Encoding: identity" })],
    ["inline is no download", page({ body, headers: "Content-Disposition: inline" })],
    [
      "a policy that only reports",
      page({ body, headers: "Content-Security-Policy-Report-Only: default-src 'none'" }),
    ],
    ["a browser's document", page({ body }), { headers: ["Sec-Fetch-Dest: document"] }],
    ["a frame of it", page({ body }), { headers: ["Sec-Fetch-Dest: iframe"] }],
    ["127.0.0.1", page({ body }), { host: "127.0.0.1:8000" }],
    ["a name of this machine", page({ body }), { host: "shop.localhost:8000" }],
    ["HTTP/1.0", page({ body }), { version: "1.0" }],
  ])("%s", async (_what, answer, sending) => {
    const { text } = await get(answer, sending);
    const original = Buffer.from(body).toString("latin1");
    expect(text.slice(0, original.length)).toBe(original);
    expect(text.slice(original.length)).toMatch(ELEMENT_ONLY);
  });

  it("with the nonce of the page's policy", async () => {
    const headers = "Content-Security-Policy: default-src 'self'; script-src 'nonce-abc123=='";
    const { text } = await get(page({ body, headers }));
    expect(ELEMENT.exec(text)?.[1]).toBe(' nonce="abc123=="');
  });

  it("with the version that the code had when the application was asked", async () => {
    const before = server.code.version;
    const { text } = await get((responder) => {
      server.code.became("loading", 7);
      responder.respond("200 OK\nContent-Type: text/html", Buffer.from(body), true);
    });
    expect(server.code.version).not.toBe(before);
    expect(text).toContain(`data-version="${before}"`);
  });

  it("and what the access log and the application said stay true", async () => {
    server.accesses.length = 0;
    const response = await get(
      page({ body, headers: 'ETag: "v1"\nLast-Modified: Fri, 20 Nov 2026 06:34:58 GMT' }),
    );
    // RFC 9110 §8.8.1: the bytes are others, so a strong validator would be wrong.
    expect(response.get("etag")).toBe('W/"v1"');
    expect(response.get("last-modified")).toBe("Fri, 20 Nov 2026 06:34:58 GMT");
    expect(response.get("content-length")).toBe(String(response.body.length));
    expect(server.accesses[0]).toMatchObject({ status: 200, bytes: response.body.length });
    const weak = await get(page({ body, headers: 'ETag: W/"v1"' }));
    expect(weak.get("etag")).toBe('W/"v1"');
  });
});

describe("nothing is added", () => {
  it.each<[string, Answer, Sending?]>([
    ["what is no HTML", page({ body, type: "text/plain" })],
    ["what only begins like it", page({ body, type: "text/html-sandboxed" })],
    ["XHTML, where it would be an error", page({ body, type: "application/xhtml+xml" })],
    ["two types", page({ body, headers: "Content-Type: text/plain" })],
    ["an encoding that the element is not in", page({ body, type: "text/html; charset=UTF-16LE" })],
    ["compressed", page({ body, headers: "Content-Encoding: gzip" })],
    ["a download", page({ body, headers: 'Content-Disposition: Attachment; filename="a.html"' })],
    ["no-transform", page({ body, headers: "Cache-Control: private, no-transform" })],
    ["a digest", page({ body, headers: "Content-Digest: sha-256=:AAAA=:" })],
    ["a part", page({ body, status: "206 Partial Content", headers: "Content-Range: bytes 0-9/100" })],
    ["a redirect", page({ body, status: "302 Found", headers: "Location: /" })],
    ["a policy against it", page({ body, headers: "Content-Security-Policy: default-src 'none'" })],
    [
      "one policy of two",
      page({
        body,
        headers: "Content-Security-Policy: script-src *\nContent-Security-Policy: script-src 'none'",
      }),
    ],
    ["POST: to load it again would send the form again", page({ body }), { method: "POST" }],
    ["what a script fetches", page({ body }), { headers: ["Sec-Fetch-Dest: empty"] }],
    ["what an old script fetches", page({ body }), { headers: ["X-Requested-With: XMLHttpRequest"] }],
    ["what htmx fetches", page({ body }), { headers: ["HX-Request: true"] }],
    ["another's Host", page({ body }), { host: "example.org" }],
    ["a Host that begins like an address", page({ body }), { host: "127.0.0.1.example.org" }],
    ["a client behind a proxy", page({ body }), { headers: ["X-Forwarded-For: 203.0.113.9"] }],
  ])("to %s", async (_what, answer, sending) => {
    const response = await get(answer, sending);
    expect(response.text).toBe(Buffer.from(body).toString("latin1"));
  });

  it("to an empty page", async () => {
    expect(await get(page({ body: "" }))).toMatchObject({ text: "", framing: "length" });
  });

  it.each([
    ["HEAD", "200 OK"],
    ["GET", "204 No Content"],
    ["GET", "304 Not Modified"],
    ["GET", "205 Reset Content"],
  ])("to %s with %s, which has no body", async (method, status) => {
    const answer = page({ body: "", status, headers: 'ETag: "v1"' });
    const response = await get(answer, { method });
    expect(response.text).toBe("");
    expect(response.get("etag")).toBe('"v1"');
  });

  it.each([
    ["without --refresh", { settings: { refresh: false } }],
    ["where the code does not change", { settings: { refresh: true }, code: null }],
  ])("%s", async (_what, options) => {
    const other = await TestGateway.open(options);
    other.answer = page({ body });
    const response = await fetch(other.url("/"));
    expect(await response.text()).toBe(body);
    other.close();
  });
});

/** How an application may send a body. */
type Manner = "whole" | "at once" | "in pieces" | "announced" | "file" | "late";
const manners: readonly Manner[] = ["whole", "at once", "in pieces", "announced", "file", "late"];

describe("whatever way a body is sent", () => {
  it("a client gets it and the script, framed by the letter (RFC 9112 §6)", async () => {
    const folder = makeFolder();
    const file = join(folder, "page.html");
    const bytes = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
    const cases = fc.record({
      manner: fc.constantFrom(...manners),
      version: fc.constantFrom("1.0", "1.1"),
      keepAlive: fc.boolean(),
      chunks: bytes,
      large: fc.boolean(),
    });
    const run = async ({ manner, version, keepAlive, chunks, large }: Case): Promise<void> => {
      const pieces = chunks.map((chunk) => Buffer.from(chunk));
      if (large) pieces.push(Buffer.alloc(400_000, "x"));
      const whole = Buffer.concat(pieces);
      writeFileSync(file, Buffer.concat([Buffer.from("before"), whole]));
      server.answer = sendIn(manner, pieces, file);
      const client = await Client.connect({ host: "127.0.0.1", port: server.port });
      const connection = keepAlive ? "keep-alive" : "close";
      client.send(`GET / HTTP/${version}\r\nHost: localhost\r\nConnection: ${connection}\r\n\r\n`);
      const response = await client.response();
      expect(response.body.subarray(0, whole.length).equals(whole)).toBe(true);
      const added = response.body.subarray(whole.length).toString("latin1");
      // Of a body that is announced as empty, or is there as a whole, it is known that there is no page.
      const isKnownEmpty = whole.length === 0 && manner !== "in pieces" && manner !== "late";
      expect(added).toMatch(isKnownEmpty ? /^$/ : ELEMENT_ONLY);
      const persists = response.get("connection") === "keep-alive" || (version === "1.1" && keepAlive);
      // Nothing is left over: the next response begins where this one ends.
      expect(persists ? await next(client) : "next").toBe("next");
      client.destroy();
    };
    type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never;
    await fc.assert(fc.asyncProperty(cases, run), { seed: SEED, numRuns: 150 });
  });

  it("a body that is shorter than announced is cut, without the script", async () => {
    for (const manner of ["whole", "at once", "in pieces", "file"] as const) {
      const file = join(makeFolder({ "short.html": "beforeshort" }), "short.html");
      const answer = sendIn(manner, [Buffer.from("short")], file, 100);
      // oxlint-disable-next-line no-await-in-loop -- they share a server
      const error = await get(answer).then(
        (response) => response.text,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Truncated);
      expect((error as Truncated).received.toString()).toBe("short");
    }
  });

  it("a body that is longer than announced is cut there, and the script follows", async () => {
    for (const manner of ["whole", "at once", "in pieces"] as const) {
      // oxlint-disable-next-line no-await-in-loop -- they share a server
      const { text } = await get(sendIn(manner, [Buffer.from("exactly"), Buffer.from("more")], "", 7));
      expect(text).toMatch(/^exactly<script /);
      expect(text).toMatch(ELEMENT);
    }
  });

  it("a failure in the middle is seen, without the script", async () => {
    const error = await get((responder) => {
      responder.respond("200 OK\nContent-Type: text/html", Buffer.from("begun"), false);
      responder.fail(raised(""));
    }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Truncated);
    expect((error as Truncated).received.toString()).toBe("begun");
  });

  it("what is streamed is not held back", async () => {
    const client = await Client.connect({ host: "127.0.0.1", port: server.port });
    const responders: Responder[] = [];
    server.answer = (responder) => {
      responder.respond("200 OK\nContent-Type: text/html", Buffer.from("one"), false);
      responders.push(responder);
    };
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.head();
    expect((await client.chunk()).toString()).toBe("one");
    responders[0]?.send(Buffer.from("two"), false);
    expect((await client.chunk()).toString()).toBe("two");
    responders[0]?.send(Buffer.from("two"), true);
    expect((await client.chunk()).toString()).toBe("two");
    expect((await client.chunk()).toString()).toMatch(ELEMENT);
    expect((await client.chunk()).length).toBe(0);
    client.destroy();
  });
});

async function next(client: Client): Promise<string> {
  server.answer = page({ body: "next", type: "text/plain" });
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return (await client.response()).text;
}

/** @param announced Content-Length; by default none, but for files */
function sendIn(manner: Manner, pieces: readonly Buffer[], file: string, announced?: number): Answer {
  const whole = Buffer.concat(pieces);
  const length = announced ?? (manner === "file" || manner === "announced" ? whole.length : undefined);
  const head = `200 OK\nContent-Type: text/html${length === undefined ? "" : `\nContent-Length: ${length}`}`;
  return (responder) => {
    switch (manner) {
      case "whole":
        responder.respondWhole(head, whole.toString("latin1"));
        return;
      case "at once":
        responder.respond(head, whole, true);
        return;
      case "file":
        responder.respond(head, Buffer.alloc(0), false);
        void responder.sendFile({ path: file, offset: "before".length, length: length ?? 0 });
        return;
      case "late":
      case "in pieces":
      case "announced":
        // The first piece comes with the head, or nothing does; the last one is the end, or is followed by it.
        responder.respond(head, manner === "late" ? Buffer.alloc(0) : (pieces[0] ?? Buffer.alloc(0)), false);
        for (const piece of pieces.slice(manner === "late" ? 0 : 1, -1)) responder.send(piece, false);
        if (manner === "late" || pieces.length > 1) responder.send(pieces.at(-1) ?? Buffer.alloc(0), true);
        else responder.send(Buffer.alloc(0), true);
    }
  };
}

describe("a request for a document", () => {
  it("is told by Sec-Fetch-Dest, whatever its name's case", () => {
    expect(isForDocument("GET", ["sec-fetch-DEST", "document"])).toBe(true);
    expect(isForDocument("GET", ["Sec-Fetch-Dest", "script"])).toBe(false);
    expect(isForDocument("HEAD", [])).toBe(false);
  });
});
