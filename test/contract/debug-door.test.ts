/** What the gateway tells the debugger and asks it, over raw sockets; the debugger's own pages are a stand-in. */
import { afterEach, describe, expect, it } from "vitest";
import type { Failure } from "../../src/application.ts";
import { CodeState } from "../../src/code-state.ts";
import type { DebugPages } from "../../src/debug/debugger.ts";
import type { ErrorRecord } from "../../src/debug/error-record.ts";
import { REPLAY_HEADER, type DebugVisit } from "../../src/http/debug-door.ts";
import type { GatewayAnswer } from "../../src/http/error-page.ts";
import { errorModels } from "../support/error-models.ts";
import { notLoaded, raised } from "../support/failures.ts";
import { failing, page, TestGateway, type TestGatewayOptions } from "../support/gateway.ts";
import type { Response } from "../support/http-client.ts";

/** Pages that answer everything with what `answer` gives, and write down who came. */
class Pages implements DebugPages {
  readonly visits: DebugVisit[] = [];
  given: (visit: DebugVisit) => Promise<GatewayAnswer> | null = () => Promise.resolve(said("looked"));
  readonly failed: ErrorRecord[] = [];

  respond(visit: DebugVisit): Promise<GatewayAnswer> | null {
    this.visits.push(visit);
    return this.given(visit);
  }

  admits(): boolean {
    return true;
  }

  answer(record: ErrorRecord, plain: GatewayAnswer): GatewayAnswer {
    this.failed.push(record);
    return { ...said(`error ${record.id}`), status: plain.status };
  }
}

function said(text: string, fields = ""): GatewayAnswer {
  const content = { type: "text/plain; charset=utf-8", text, cacheControl: "no-store" };
  return { status: 200, reason: "", content, fields };
}

function nobodyAsked(): void {
  throw new Error("nobody has asked yet");
}

function nobodyAnswers(): void {}

const servers: TestGateway[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Debugged {
  readonly server: TestGateway;
  readonly pages: Pages;
  readonly debug: NonNullable<TestGateway["debugger"]>;
}

async function open(options: TestGatewayOptions = {}): Promise<Debugged> {
  const pages = new Pages();
  const server = await TestGateway.open({ ...options, pages });
  servers.push(server);
  if (server.debugger === null) throw new Error("there is no debugger");
  return { server, pages, debug: server.debugger };
}

async function send(server: TestGateway, head: readonly string[], body = ""): Promise<Response> {
  const client = await server.connect();
  client.send(`${head.join("\r\n")}\r\n\r\n${body}`);
  return client.response({ method: head[0]?.split(" ")[0] ?? "GET" });
}

function get(server: TestGateway, target: string, ...headers: readonly string[]): Promise<Response> {
  return send(server, [`GET ${target} HTTP/1.1`, "Host: localhost", ...headers]);
}

const broken: Failure = {
  ...raised("Traceback (most recent call last):\nZeroDivisionError: division by zero\n"),
  error: errorModels.plain,
  output: ["printed"],
};

describe("requests below the prefix", () => {
  it("are the debugger's, whole, and never reach the application or the access log", async () => {
    const { server, pages } = await open();
    const response = await send(
      server,
      [
        "POST /__highball__/a%20b?x=1 HTTP/1.1",
        "Host: LocalHost:1",
        "X-Highball-Token: t",
        "Transfer-Encoding: chunked",
      ],
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    expect([response.status, response.text]).toEqual([200, "looked"]);
    expect(pages.visits).toEqual([
      {
        method: "POST",
        path: "/__highball__/a b",
        query: "x=1",
        scheme: "http",
        host: "LocalHost:1",
        isLocal: true,
        remoteAddress: "127.0.0.1",
        rawHeaders: ["Host", "LocalHost:1", "X-Highball-Token", "t", "Transfer-Encoding", "chunked"],
        body: Buffer.from("abcde"),
      },
    ]);
    expect(server.asked).toEqual([]);
    expect(server.accesses).toEqual([]);
  });

  it("get the fields of the answer, cookies too, and the connection goes on", async () => {
    const { server, pages } = await open();
    pages.given = () => Promise.resolve(said("a", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"));
    const client = await server.connect();
    for (let count = 0; count < 2; count += 1) {
      client.send("GET /__highball__/session HTTP/1.1\r\nHost: localhost\r\n\r\n");
      // oxlint-disable-next-line no-await-in-loop -- one after the other on one connection
      expect((await client.response()).all("set-cookie")).toEqual(["a=1", "b=2"]);
    }
  });

  it("that are refused are logged without their headers", async () => {
    const { server, pages } = await open();
    pages.given = () => Promise.resolve({ status: 403, reason: "No." });
    expect((await get(server, "/__highball__/x", "X-Highball-Token: secret")).status).toBe(403);
    expect(server.accesses).toMatchObject([{ status: 403, target: "/__highball__/x", rawHeaders: [] }]);
  });

  it("are answered in their order while an earlier one takes its time", async () => {
    const { server, pages } = await open();
    let finish: (answer: GatewayAnswer) => void = nobodyAsked;
    pages.given = ({ path }) =>
      path.endsWith("slow") ? new Promise((resolve) => (finish = resolve)) : Promise.resolve(said("quick"));
    const client = await server.connect();
    client.send("GET /__highball__/slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.send("GET /__highball__/quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await expect.poll(() => pages.visits.length).toBe(1);
    finish(said("slow"));
    expect([(await client.response()).text, (await client.response()).text]).toEqual(["slow", "quick"]);
  });

  it.each([
    ["announced", "Content-Length: 1048577", ""],
    ["sent in chunks", "Transfer-Encoding: chunked", `${(1048577).toString(16)}\r\n${"x".repeat(1048577)}`],
  ])("whose body is larger than 1 MiB (%s) are refused", async (_, field, body) => {
    const { server, pages } = await open({ settings: { limitRequestBody: 0 } });
    const response = await send(server, ["POST /__highball__/x HTTP/1.1", "Host: localhost", field], body);
    expect(response.status).toBe(413);
    expect(pages.visits).toEqual([]);
  });

  it("do not keep the server from stopping, whatever they wait for", async () => {
    const { server, pages } = await open();
    pages.given = () => new Promise(nobodyAnswers);
    const response = get(server, "/__highball__/endless");
    await expect.poll(() => pages.visits.length).toBe(1);
    await server.gateway.drain();
    expect((await response).status).toBe(503);
  });

  it("whose answer fails cost nothing but themselves", async () => {
    const { server, pages } = await open();
    pages.given = () => Promise.reject(new Error("a bug"));
    expect((await get(server, "/__highball__/x")).status).toBe(500);
    expect(server.messages.join("\n")).toContain("The debugger failed at GET /__highball__/x: Error: a bug");
    pages.given = () => Promise.resolve(said("well"));
    expect((await get(server, "/__highball__/x")).text).toBe("well");
  });

  it("that the debugger does not know are those that were there before it", async () => {
    const { server, pages } = await open();
    pages.given = () => null;
    expect((await get(server, "/__highball__/refresh.js")).get("content-type")).toContain("javascript");
    expect((await get(server, "/__highball__/nothing")).status).toBe(404);
  });

  it("are never the application's, where the code does not change either", async () => {
    const { server, pages } = await open({ code: null });
    pages.given = () => null;
    expect((await get(server, "/__highball__/nothing")).status).toBe(404);
    expect(server.asked).toEqual([]);
  });
});

describe("a request of the application's", () => {
  it("is kept with what became of it", async () => {
    const { server, debug } = await open();
    server.answer = page({ status: "201 Created", body: "made" });
    await send(server, ["POST /carts?x=1 HTTP/1.1", "Host: localhost", "Content-Length: 3"], "a=1");
    const [record] = debug.requests.list();
    expect(record).toMatchObject({ id: 1, method: "POST", target: "/carts?x=1", status: 201, error: null });
    expect(record?.body?.toString()).toBe("a=1");
    expect(record?.duration).toBeGreaterThan(0);
    expect(record?.environ).toContainEqual(["QUERY_STRING", "x=1"]);
    expect(server.asked[0]?.record).toBe(1);
  });

  it("that fails is an error, and gets the page of it", async () => {
    const { server, pages, debug } = await open();
    server.answer = failing(broken);
    const response = await get(server, "/pay", "Accept: text/html");
    expect(response.status).toBe(500);
    expect(response.text).toBe("error 1");
    expect(pages.failed).toEqual(debug.errors.list());
    expect(pages.failed[0]?.request?.id).toBe(1);
    expect(debug.errors.list()).toMatchObject([
      {
        id: 1,
        place: "request",
        title: expect.stringContaining("ZeroDivisionError") as unknown,
        model: errorModels.plain,
        output: ["printed"],
        request: { id: 1, target: "/pay", status: 500, error: 1 },
      },
    ]);
  });

  it("of another machine is told nothing, and its error is kept", async () => {
    const { server, debug } = await open();
    server.answer = failing(broken);
    const response = await get(server, "/pay", "Accept: text/html", "X-Forwarded-For: 192.0.2.1");
    expect(response.text).toMatch(/^500 Internal Server Error\n\n.*its log has the traceback/);
    expect(debug.errors.list()).toHaveLength(1);
  });

  it("gets a plain 500, and nothing is kept of it, with --passthrough-errors", async () => {
    const { server, debug } = await open({ settings: { passthroughErrors: true } });
    server.answer = failing(broken);
    const response = await get(server, "/pay", "Accept: text/html");
    expect(response.status).toBe(500);
    expect(response.text).not.toContain("ZeroDivisionError");
    expect(debug.errors.list()).toEqual([]);
  });

  it("that no code could answer is one error, however many there are", async () => {
    const { server, pages, debug } = await open();
    const failure = notLoaded({ message: "Importing 'app' failed", traceback: "ImportError: no\n" });
    debug.loadFailed(failure.problem);
    server.answer = failing(failure);
    for (const target of ["/a", "/b"]) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      expect((await get(server, target, "Accept: text/html")).text).toContain("error 1");
    }
    expect(debug.errors.list()).toMatchObject([{ id: 1, place: "load", title: "ImportError: no" }]);
    expect(debug.requests.list()).toMatchObject([{ error: 1 }, { error: 1 }]);
    expect(pages.failed).toMatchObject([{ request: { target: "/a" } }, { request: { target: "/b" } }]);
  });

  it.each<[string, Failure, string]>([
    ["invalid-response", { kind: "invalid-response", message: "Status '2' is no status." }, "response"],
    [
      "worker-died",
      {
        kind: "worker-died",
        pid: 7,
        reason: "was killed by SIGABRT",
        traceback: "Fatal Python error: Aborted",
      },
      "crash",
    ],
  ])("that ends in %s is an error", async (_, failure, place) => {
    const { server, debug } = await open();
    server.answer = failing(failure);
    await get(server, "/");
    expect(debug.errors.list()).toMatchObject([{ place, request: { id: 1 } }]);
  });

  it("that nobody had time for is none", async () => {
    const { server, debug } = await open();
    server.answer = failing({ kind: "overloaded", reason: "1000 are waiting", retryAfter: 1 });
    expect((await get(server, "/")).status).toBe(503);
    expect(debug.errors.list()).toEqual([]);
  });

  it("that dies in the middle of its response is an error too", async () => {
    const { server, debug } = await open();
    server.answer = (responder) => {
      responder.respond("200 OK\nContent-Type: text/plain", Buffer.from("begun"), false);
      responder.fail({ kind: "worker-died", pid: 7, reason: "exited with status 1", traceback: "" });
    };
    const client = await server.connect();
    client.request("GET", "/");
    await client.cut();
    expect(debug.errors.list()).toMatchObject([{ place: "crash", request: { id: 1, error: 1 } }]);
  });
});

describe("a request that is sent again", () => {
  it("is the same to the application, and known to be a repetition", async () => {
    const { server, debug } = await open();
    const head = [
      "PATCH /pay?x=%20&y HTTP/1.1",
      "Host: shop.localhost:99",
      "cookie: a=1",
      "X-Twice: 1",
      "Accept: */*",
      "X-Twice: 2",
      "Connection: close, x-hop",
      "X-Hop: 1",
      "Transfer-Encoding: chunked",
    ];
    await send(server, head, "3\r\nabc\r\n0\r\n\r\n");
    server.answer = page({ status: "202 Accepted", body: "again" });
    const outcome = await debug.replay(1);
    expect(outcome).toMatchObject({
      request: 2,
      status: 202,
      error: null,
      duration: expect.any(Number) as number,
      answer: { status: 202, reason: "Accepted", body: "again", bodySize: 5, end: "whole" },
    });
    expect(debug.requests.get(2)).toMatchObject({
      method: "PATCH",
      target: "/pay?x=%20&y",
      replayOf: 1,
      status: 202,
    });
    const [first, second] = server.asked.map(({ environ, body }) => {
      const { REMOTE_PORT: _, HTTP_X_HOP: __, HTTP_CONNECTION: ___, ...rest } = environ;
      return { ...rest, body };
    });
    expect(second).toEqual(first);
    expect(Object.keys(server.asked[1]?.environ ?? {})).not.toContain("HTTP_X_HIGHBALL_REPLAY");
  });

  it("tells what came of it, when it fails again, and when it does not any more", async () => {
    const { server, debug } = await open();
    server.answer = failing(broken);
    await get(server, "/pay");
    expect(await debug.replay(1)).toMatchObject({ request: 2, status: 500, error: 2 });
    server.answer = page({ body: "well" });
    expect(await debug.replay(1)).toMatchObject({ request: 3, status: 200, error: null });
  });

  it("is there for as long as its error, though others have come since", async () => {
    const { server, debug } = await open();
    server.answer = failing(broken);
    await get(server, "/pay");
    server.answer = page({ body: "" });
    const client = await server.connect();
    // oxlint-disable-next-line no-await-in-loop -- one after the other on one connection
    for (let count = 0; count < 60; count += 1) await client.fetch("GET", "/");
    expect(debug.requests.list().map(({ id }) => id)).not.toContain(1);
    expect(await debug.replay(1)).toMatchObject({ status: 200 });
  });

  it("is not, where it is not known or its body was not kept", async () => {
    const { server, debug } = await open();
    await expect(debug.replay(9)).rejects.toThrow("Request 9 is not kept any more.");
    const body = "x".repeat(1024 * 1024 + 1);
    await send(server, ["POST / HTTP/1.1", "Host: localhost", `Content-Length: ${body.length}`], body);
    await expect(debug.replay(1)).rejects.toThrow("it has 1048577 bytes");
  });

  it("waits for the code that is being loaded, and ends with its connection", async () => {
    const { server, debug } = await open({ code: new CodeState() });
    await get(server, "/");
    let answer: () => void = nobodyAsked;
    server.answer = (responder) => {
      answer = () => responder.respondWhole("200 OK\nContent-Type: text/plain", "late");
    };
    const outcome = debug.replay(1);
    await expect.poll(() => server.asked.length).toBe(2);
    answer();
    expect(await outcome).toMatchObject({ status: 200 });
    expect(server.gateway.inFlight).toBe(0);
  });

  it("tells the status of a response that breaks off", async () => {
    const { server, debug } = await open();
    await get(server, "/");
    server.answer = (responder) => {
      responder.respond("200 OK\nContent-Type: text/plain", Buffer.from("begun"), false);
      responder.fail(broken);
    };
    expect(await debug.replay(1)).toMatchObject({ status: 200, answer: { body: "begun", end: "broken" } });
  });
});

it("the header of a repetition is like any other where the debugger does not know its token", async () => {
  const { server } = await open();
  await get(server, "/", `${REPLAY_HEADER}: guessed`);
  expect(server.asked[0]?.environ["HTTP_X_HIGHBALL_REPLAY"]).toBe("guessed");
});
