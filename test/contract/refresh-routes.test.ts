/** What the gateway answers itself below /__highball__/, over raw sockets. */
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Responder } from "../../src/application.ts";
import { CodeState } from "../../src/code-state.ts";
import { notLoaded, raised } from "../support/failures.ts";
import { failing, TestGateway, type TestGatewayOptions } from "../support/gateway.ts";
import type { Client, Head, Response } from "../support/http-client.ts";

const EVENTS = "/__highball__/events";
const SCRIPT = "/__highball__/refresh.js";

const servers: TestGateway[] = [];

async function open(options: TestGatewayOptions & { readonly bind?: string } = {}): Promise<TestGateway> {
  const server = await TestGateway.open(options);
  servers.push(server);
  return server;
}

afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) server.close();
});

interface Asking {
  readonly method?: string;
  readonly version?: string;
  /** Null for none. */
  readonly host?: string | null;
  readonly headers?: readonly string[];
}

function ask(client: Client, target: string, asking: Asking = {}): void {
  const { method = "GET", version = "1.1", host = "localhost", headers = [] } = asking;
  const lines = [
    `${method} ${target} HTTP/${version}`,
    ...(host === null ? [] : [`Host: ${host}`]),
    ...headers,
  ];
  client.send(`${lines.join("\r\n")}\r\n\r\n`);
}

async function get(server: TestGateway, target: string, asking: Asking = {}): Promise<Response> {
  const client = await server.connect();
  ask(client, target, asking);
  return client.response({ method: asking.method ?? "GET" });
}

/** An event stream, read event by event. */
class Listener {
  readonly client: Client;
  readonly head: Head;

  private constructor(client: Client, head: Head) {
    this.client = client;
    this.head = head;
  }

  static async open(server: TestGateway, asking: Asking = {}): Promise<Listener> {
    const client = await server.connect();
    ask(client, EVENTS, asking);
    return new Listener(client, await client.head());
  }

  /** The lines up to the next empty one. */
  async block(): Promise<string> {
    let text = "";
    // oxlint-disable-next-line no-await-in-loop -- one byte after the other
    while (!text.endsWith("\n\n")) text += (await this.client.bytes(1)).toString();
    return text.slice(0, -2);
  }

  async event(): Promise<{ readonly event: string; readonly data: unknown }> {
    const block = await this.block();
    const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
    if (event === "") throw new Error(`no event: ${JSON.stringify(block)}`);
    return { event, data: JSON.parse(data) };
  }
}

describe("the events (WHATWG HTML §9.2)", () => {
  it("begin with the state, and go on with every change", async () => {
    const server = await open();
    const { code } = server;
    code.became("ready", 1);
    const listener = await Listener.open(server);
    expect(listener.head).toMatchObject({ status: 200, version: "1.1" });
    expect(listener.head.get("content-type")).toBe("text/event-stream");
    expect(listener.head.get("cache-control")).toBe("no-store");
    expect(listener.head.get("transfer-encoding")).toBeUndefined();
    expect(listener.head.get("connection")).toBe("close");
    expect(await listener.block()).toBe("retry: 250");
    expect(await listener.event()).toEqual({
      event: "state",
      data: { version: code.version, status: "ready" },
    });
    const versions: string[] = [];
    for (const change of [
      () => code.became("loading", 2),
      () => code.became("failed", 2),
      () => code.assetChanged("style"),
      () => code.became("ready", 3),
    ]) {
      change();
      versions.push(code.version);
    }
    const [loading, failed, style, ready] = versions;
    expect(await listener.event()).toEqual({ event: "state", data: { version: loading, status: "loading" } });
    expect(await listener.event()).toEqual({ event: "state", data: { version: failed, status: "failed" } });
    expect(await listener.event()).toEqual({ event: "asset", data: { role: "style", version: style } });
    expect(await listener.event()).toEqual({ event: "state", data: { version: ready, status: "ready" } });
    expect(server.asked).toEqual([]);
  });

  it("reach everybody who listens, and those who left are forgotten", async () => {
    const server = await open();
    const events = server.gateway.internalRoutes?.events;
    const [first, second] = [await Listener.open(server), await Listener.open(server)];
    for (const listener of [first, second]) {
      await listener.block();
      await listener.event();
    }
    expect(events?.listening).toBe(2);
    first.client.destroy();
    await vi.waitFor(() => expect(events?.listening).toBe(1));
    server.code.assetChanged("page");
    expect(await second.event()).toMatchObject({ event: "asset" });
    second.client.socket.end();
    await vi.waitFor(() => expect(events?.listening).toBe(0));
  });

  it("take changes of files that come at once for one, and keep them before what comes after", async () => {
    const server = await open();
    const { code } = server;
    const listener = await Listener.open(server);
    await listener.block();
    await listener.event();
    for (const role of ["style", "page", "style", "page"] as const) code.assetChanged(role);
    const { version } = code;
    expect(await listener.event()).toEqual({ event: "asset", data: { role: "style", version } });
    expect(await listener.event()).toEqual({ event: "asset", data: { role: "page", version } });
    code.assetChanged("style");
    const later = code.version;
    code.became("loading", 9);
    expect(await listener.event()).toEqual({ event: "asset", data: { role: "style", version: later } });
    expect(await listener.event()).toMatchObject({ event: "state", data: { status: "loading" } });
    // Who comes now is told no news that is part of what it is told first.
    code.assetChanged("page");
    const second = await Listener.open(server);
    await second.block();
    expect(await second.event()).toMatchObject({ event: "state", data: { version: code.version } });
    code.became("ready", 9);
    expect(await second.event()).toMatchObject({ event: "state", data: { status: "ready" } });
  });

  it("say every 15 s that they are there", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    const server = await open();
    const listener = await Listener.open(server);
    await listener.block();
    await listener.event();
    vi.advanceTimersByTime(14_999);
    server.code.assetChanged("page");
    expect(await listener.event()).toMatchObject({ event: "asset" });
    vi.advanceTimersByTime(1);
    expect(await listener.block()).toBe(":");
  });

  it("go to HTTP/1.0 too", async () => {
    const server = await open();
    const listener = await Listener.open(server, { version: "1.0" });
    expect(await listener.block()).toBe("retry: 250");
    expect(await listener.event()).toMatchObject({ event: "state" });
  });

  it("are no requests in flight, and outlive an idle connection", async () => {
    const server = await open({ settings: { keepAlive: 1 } });
    const listener = await Listener.open(server);
    await listener.block();
    await listener.event();
    expect(server.gateway.inFlight).toBe(0);
    // A connection that idles since then is closed first; it is the clock here.
    const idle = await server.connect();
    ask(idle, "/");
    await idle.response();
    await idle.closed();
    server.code.assetChanged("script");
    expect(await listener.event()).toMatchObject({ event: "asset", data: { role: "script" } });
  });

  it("do not keep the server from stopping, even where nobody reads them", async () => {
    const server = await open();
    const listener = await Listener.open(server);
    const deaf = await server.connect();
    deaf.socket.pause();
    ask(deaf, EVENTS);
    await vi.waitFor(() => expect(server.gateway.internalRoutes?.events.listening).toBe(2));
    for (let count = 0; count < 10_000; count += 1) server.code.became("loading", count);
    const before = performance.now();
    await server.gateway.drain();
    expect(performance.now() - before).toBeLessThan(5000);
    await listener.client.rest().catch(() => undefined);
    expect(listener.client.socket.destroyed || listener.client.socket.readableEnded).toBe(true);
  });

  it("are given up for a client that does not read, which would fill the memory", async () => {
    const server = await open();
    const deaf = await server.connect();
    deaf.socket.pause();
    ask(deaf, EVENTS);
    const events = server.gateway.internalRoutes?.events;
    await vi.waitFor(() => expect(events?.listening).toBe(1));
    // The system's own buffers take some megabytes first.
    for (let round = 0; round < 1000; round += 1) {
      if (events?.listening === 0) break;
      for (let count = 0; count < 1000; count += 1) server.code.became("loading", count);
      // oxlint-disable-next-line no-await-in-loop -- a turn to write
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(events?.listening).toBe(0);
  });

  it("leave a connection that takes no further request", async () => {
    const server = await open();
    const client = await server.connect();
    client.send(`GET ${EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await client.head();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\nno HTTP at all\r\n\r\n");
    const other = await server.connect();
    ask(other, "/");
    await other.response();
    expect(server.asked).toHaveLength(1);
    expect(server.gateway.internalRoutes?.events.listening).toBe(1);
    expect(server.gateway.inFlight).toBe(0);
  });

  it("are not begun any more while the server stops", async () => {
    const server = await open();
    const [late, last] = [await server.connect(), await server.connect()];
    ask(last, "/");
    // Connections are accepted in the order they came.
    await last.response();
    const stopped = server.gateway.drain();
    ask(late, EVENTS);
    expect(await late.response()).toMatchObject({ status: 503 });
    await stopped;
  });

  it("come in the turn of their request", async () => {
    const server = await open();
    const client = await server.connect();
    const responders: Responder[] = [];
    server.answer = (responder) => void responders.push(responder);
    ask(client, "/");
    ask(client, EVENTS);
    await vi.waitFor(() => expect(server.asked).toHaveLength(1));
    expect(server.gateway.internalRoutes?.events.listening).toBe(0);
    responders[0]?.respondWhole("200 OK\nContent-Type: text/plain", "first");
    expect((await client.response()).text).toBe("first");
    expect(await client.head()).toMatchObject({ status: 200 });
    expect(server.gateway.internalRoutes?.events.listening).toBe(1);
  });

  it("answer HEAD with a head", async () => {
    const server = await open();
    const response = await get(server, EVENTS, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.get("content-type")).toBe("text/event-stream");
    expect(server.gateway.internalRoutes?.events.listening).toBe(0);
  });
});

describe("the script", () => {
  it("is small, and may be kept", async () => {
    const server = await open();
    const response = await get(server, `${SCRIPT}?v=1`);
    expect(response.status).toBe(200);
    expect(response.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(response.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(response.get("cache-control")).toBe("max-age=31536000, immutable");
    expect(response.body.length).toBeLessThan(4096);
    // As part of an HTML page it must not end there.
    expect(response.text).not.toMatch(/<\/script|<!--/i);
  });

  it("leaves the connection as it was, with HEAD too", async () => {
    const server = await open();
    const client = await server.connect();
    ask(client, SCRIPT, { method: "HEAD" });
    const head = await client.response({ method: "HEAD" });
    ask(client, SCRIPT);
    const response = await client.response();
    expect(head.get("content-length")).toBe(String(response.body.length));
    ask(client, "/");
    expect(await client.response()).toMatchObject({ status: 200 });
  });
});

describe("whoever asks", () => {
  it.each([
    "localhost",
    "LOCALHOST:8000",
    "localhost:1",
    "shop.localhost:8000",
    "127.0.0.1:8000",
    "127.1.2.3",
    "[::1]:8000",
    "[::1]",
  ])("with the Host %j is answered", async (host) => {
    const server = await open();
    for (const path of [EVENTS, SCRIPT]) {
      const client = await server.connect();
      ask(client, path, { host });
      expect(await client.head()).toMatchObject({ status: 200 });
    }
  });

  it("with a name of --trusted-host is answered", async () => {
    const server = await open({ settings: { trustedHost: ["shop.example"] } });
    expect(await get(server, SCRIPT, { host: `Shop.example:${server.port}` })).toMatchObject({ status: 200 });
    const other = await open();
    expect(await get(other, SCRIPT, { host: `shop.example:${other.port}` })).toMatchObject({ status: 403 });
  });

  it("with the address that stands for all is refused, although the server was told to listen on it", async () => {
    const server = await open({ bind: "0.0.0.0:0" });
    expect(await get(server, SCRIPT, { host: `0.0.0.0:${server.port}` })).toMatchObject({ status: 403 });
  });

  it.each<[string, Asking]>([
    ["another Host (DNS rebinding)", { host: "attacker.example:8000" }],
    ["a Host that begins like localhost", { host: "localhost.attacker.example" }],
    ["a Host that ends like localhost", { host: "notlocalhost" }],
    ["a Host that begins like an address", { host: "127.0.0.1.attacker.example" }],
    ["another address", { host: "192.0.2.1:8000" }],
    ["an IPv6 address that is not this machine's", { host: "[2001:db8::1]:8000" }],
    ["no Host", { host: null, version: "1.0" }],
    ["an empty Host", { host: "" }],
    ["the word of a proxy that it is another machine", { headers: ["X-Forwarded-For: 203.0.113.9"] }],
  ])("with %s is refused", async (_what, asking) => {
    const server = await open();
    for (const path of [EVENTS, SCRIPT, "/__highball__/"]) {
      const response = await get(server, path, asking);
      expect(response).toMatchObject({ status: 403 });
      expect(response.text).not.toContain("version");
    }
    expect(server.asked).toEqual([]);
    // What is refused can be seen, unlike what pages ask for all day.
    expect(server.accesses.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  it("from another machine's address is refused", async (context) => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const own = addresses.find(({ family, internal }) => family === "IPv4" && !internal);
    if (own === undefined) context.skip("this machine has no address but 127.0.0.1");
    const server = await open({ bind: "0.0.0.0:0" });
    const client = await server.connect(own?.address);
    ask(client, SCRIPT);
    expect(await client.response()).toMatchObject({ status: 403 });
  });

  it.each(["cross-site", "same-site"])("from a page of another site (%s) hears no events", async (site) => {
    const server = await open();
    expect(await get(server, EVENTS, { headers: [`Sec-Fetch-Site: ${site}`] })).toMatchObject({
      status: 403,
    });
    expect(server.gateway.internalRoutes?.events.listening).toBe(0);
  });

  it.each(["same-origin", "none"])("from a page of this one (%s) does", async (site) => {
    const server = await open();
    const listener = await Listener.open(server, { headers: [`Sec-Fetch-Site: ${site}`] });
    expect(listener.head.status).toBe(200);
  });

  it.each([
    ["POST", EVENTS, 405],
    ["DELETE", SCRIPT, 405],
    ["GET", "/__highball__/", 404],
    ["GET", "/__highball__/other", 404],
    ["GET", `${EVENTS}/x`, 404],
    ["GET", "/%5F_highball__/other", 404],
  ])("for %s %s is told %i, and the connection goes on", async (method, target, status) => {
    const server = await open();
    const client = await server.connect();
    ask(client, target, { method });
    const response = await client.response();
    expect(response.status).toBe(status);
    expect(response.get("allow")).toBe(status === 405 ? "GET, HEAD" : undefined);
    ask(client, "/");
    expect(await client.response()).toMatchObject({ status: 200 });
    expect(server.asked).toHaveLength(1);
  });

  it("is judged like everybody first", async () => {
    const server = await open();
    expect(await get(server, `${EVENTS}#x`)).toMatchObject({ status: 400 });
    expect(await get(server, EVENTS, { headers: ["Host: localhost"] })).toMatchObject({ status: 400 });
  });
});

describe("the application", () => {
  it.each(["/__highball__", "/__highball__x/events", "/x/__highball__/events", "//__highball__/events"])(
    "gets %s",
    async (path) => {
      const server = await open();
      expect(await get(server, path)).toMatchObject({ status: 200 });
      expect(server.asked).toHaveLength(1);
    },
  );

  it("gets everything where the code does not change", async () => {
    const server = await open({ code: null });
    expect(await get(server, EVENTS)).toMatchObject({ status: 200 });
    expect(await get(server, SCRIPT, { host: "example.org" })).toMatchObject({ status: 200 });
    expect(server.asked).toHaveLength(2);
  });
});

describe("a failure", () => {
  const failure = failing(raised('File "secret.py"\nKeyError: 1\n'));
  const html = "Accept: text/html";

  it.each<[string, Asking, TestGatewayOptions]>([
    ["to another machine", { headers: [html, "X-Forwarded-For: 203.0.113.9"] }, {}],
    ["without --debug", { headers: [html] }, { settings: { debug: false } }],
    ["in production", { headers: [html] }, { settings: { mode: "production" }, code: null }],
  ])("%s is a sentence", async (_what, asking, options) => {
    const server = await open(options);
    server.answer = failure;
    const response = await get(server, "/", asking);
    expect(response.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.text).toBe(
      "500 Internal Server Error\n\nThe application raised an error; its log has the traceback.\n",
    );
  });

  it.each<[string, Asking, boolean]>([
    ["follows the code", {}, true],
    ["answers a form, which would be sent again", { method: "POST" }, false],
    ["is seen at an address at which events are not to be had", { host: "shop.example" }, false],
    [
      "is for a machine that hears no events, as a proxy says",
      { headers: ["X-Real-IP: 203.0.113.9"] },
      false,
    ],
  ])("on a page that %s", async (_what, asking, follows) => {
    const server = await open();
    server.answer = failure;
    const response = await get(server, "/", { ...asking, headers: [html, ...(asking.headers ?? [])] });
    expect(response.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.text.includes("<script")).toBe(follows);
    expect(response.text.includes("loads again")).toBe(follows);
  });

  it("of code that cannot be loaded is a page of that very version", async () => {
    const server = await open();
    server.answer = (responder) => {
      // The change came to light only after the request.
      server.code.became("failed", 2);
      responder.fail(notLoaded({ message: "m" }));
    };
    const response = await get(server, "/", { headers: [html] });
    expect(response.text).toContain(`data-version="${server.code.version}"`);
  });

  it("of other code is a page of the version that the request met", async () => {
    const server = await open();
    const before = server.code.version;
    server.answer = (responder, asked) => {
      server.code.became("ready", 2);
      failure(responder, asked);
    };
    const response = await get(server, "/", { headers: [html] });
    expect(response.text).toContain(`data-version="${before}"`);
  });
});

describe("a server", () => {
  it("that starts again is another version to pages of the one before", () => {
    vi.useFakeTimers();
    const before = new CodeState();
    vi.advanceTimersByTime(1);
    const after = new CodeState();
    for (const code of [before, after]) code.became("ready", 1);
    expect(after.version).not.toBe(before.version);
  });
});
