/** Clients that send slowly, read slowly, or do nothing at all: what they may hold, and for how long. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BodyCollector, type BodyOutcome } from "../../src/http/request-body.ts";
import { type Client, Truncated } from "../support/http-client.ts";
import { until } from "../support/processes.ts";
import { Fixture, type Transport } from "./transports.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

const tcp: Transport = { name: "TCP", socket: "tcp", workers: 1, threads: 4 };
const unix: Transport = { ...tcp, name: "Unix socket", socket: "unix" };

/** Serves for the tests of one `describe`. */
function serving(transport: Transport, settings: Parameters<typeof Fixture.start>[1]): () => Fixture {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start(transport, settings);
  });
  afterEach(() => fixture.settle());
  afterAll(() => fixture.close());
  return () => fixture;
}

/** Sends a byte now and then until the connection closes; resolves then. */
async function drip(client: Client, pieces: Iterable<string>, milliseconds: number): Promise<void> {
  for (const piece of pieces) {
    if (!client.socket.writable || client.socket.readableEnded) return;
    client.send(piece);
    // oxlint-disable-next-line no-await-in-loop -- this is how slow it is
    await setTimeout(milliseconds);
  }
}

/** The same piece for ever. */
function* endlessly(piece: string): Generator<string> {
  for (;;) yield piece;
}

/** Resolves with the milliseconds until the server has closed the connection without a word. */
async function silence(client: Client): Promise<number> {
  const since = performance.now();
  await client.closed();
  return performance.now() - since;
}

/** What the server answers before it closes the connection. */
async function lastWord(client: Client): Promise<string> {
  const response = await client.response();
  await client.closed();
  return `${response.status} Connection: ${response.get("connection")}`;
}

const TIMED_OUT = "408 Connection: close";

/** Permission bits, in octal. */
function mode(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

describe("the head of a request", () => {
  const fixture = serving(tcp, { application: "contract:app", headerTimeout: 0.4 });

  const beginning = "GET /hello HTTP/1.1\r\nHost: te";

  it.each([
    ["stops in the middle", beginning, ""],
    ["stops within the request line", "GE", ""],
    ["comes byte by byte", beginning, "s"],
    ["comes header by header", `${beginning}st\r\n`, "X-A: b\r\n"],
  ])("that %s is answered 408 (RFC 9110 §15.5.9)", async (_how, first, rest) => {
    const client = await fixture().connect();
    client.send(first);
    if (rest !== "") void drip(client, endlessly(rest), 50);
    expect(await lastWord(client)).toBe(TIMED_OUT);
  });

  it("that stops on a connection that has been used is answered 408", async () => {
    const client = await fixture().connect();
    expect((await client.fetch("GET", "/hello")).status).toBe(200);
    client.send(beginning);
    expect(await lastWord(client)).toBe(TIMED_OUT);
  });

  it("that never comes closes the connection without a word", async () => {
    const client = await fixture().connect();
    expect(await silence(client)).toBeLessThan(5000);
  });

  it("that is nothing but empty lines (RFC 9112 §2.2) closes the connection", async () => {
    const client = await fixture().connect();
    void drip(client, endlessly("\r\n"), 50);
    await client.rest().catch(() => undefined);
    expect(client.socket.readableEnded || client.socket.destroyed).toBe(true);
  });

  it("has the same time on a connection that was opened long before", async () => {
    const client = await fixture().connect();
    expect((await client.fetch("GET", "/hello")).status).toBe(200);
    await setTimeout(700);
    client.send(beginning);
    await setTimeout(100);
    client.send("st\r\n\r\n");
    expect((await client.response()).status).toBe(200);
  });

  it("that was late is a line of the log, a connection that said nothing is none", async () => {
    const before = (await fixture().log()).length;
    const silent = await fixture().connect();
    const late = await fixture().connect();
    late.send(beginning);
    expect(await Promise.all([lastWord(late), silence(silent)])).toEqual([TIMED_OUT, expect.any(Number)]);
    const lines = (await fixture().log()).slice(before).trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/Refused a request from 127\.0\.0\.1:\d+: 408, /);
  });
});

describe("the body of a request", () => {
  const fixture = serving(tcp, {
    application: "contract:app",
    bodyTimeout: 0.4,
    bodyMinimumRate: 1000,
    keepAlive: 0.3,
  });

  const length = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 6000\r\n\r\n";
  const chunked = "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";

  it.each([
    ["never comes, with Content-Length", length, ""],
    ["never comes, chunked", chunked, ""],
    ["stops in a chunk", `${chunked}ff\r\nabc`, ""],
    ["comes byte by byte", length, "x"],
    ["comes in small chunks", chunked, "1\r\nx\r\n"],
  ])("that %s is answered 408 (RFC 9110 §15.5.9)", async (_how, head, piece) => {
    const before = (await fixture().log()).length;
    const client = await fixture().connect();
    client.send(head);
    if (piece !== "") void drip(client, endlessly(piece), 20);
    expect(await lastWord(client)).toBe(TIMED_OUT);
    expect((await fixture().log()).slice(before)).toMatch(/: 408, .* less than 1000 bytes a second/);
  });

  it("may take its time as long as it comes at the least rate", async () => {
    const client = await fixture().connect();
    client.send(length);
    // Longer than the deadline, and than an idle connection is kept.
    await drip(
      client,
      Array.from({ length: 12 }, () => "x".repeat(500)),
      100,
    );
    expect((await client.response()).json()).toMatchObject({ body: { length: 6000 } });
  });
});

describe("a crowd of slow clients", () => {
  const fixture = serving({ ...tcp, workers: 2 }, { application: "contract:app" });

  it("does not hold up a normal request", async () => {
    const silent = await Promise.all(Array.from({ length: 300 }, () => fixture().connect()));
    const slow = await Promise.all(Array.from({ length: 100 }, () => fixture().connect()));
    const drips = slow.map((client, index) => {
      const text =
        index % 2 === 0
          ? `GET /hello HTTP/1.1\r\nHost: test\r\nX-Filler: ${"x".repeat(1000)}`
          : `POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n${"x".repeat(900)}`;
      return drip(client, text, 10);
    });
    const longest = await Promise.race([...drips.map((each) => each.then(() => Infinity)), normalRequests()]);
    expect(longest).toBeLessThan(1000);
    expect(silent.filter((client) => client.socket.destroyed)).toEqual([]);
  });

  /** The milliseconds of the slowest of many requests, one after the other. */
  async function normalRequests(): Promise<number> {
    const client = await fixture().connect();
    let longest = 0;
    for (let count = 0; count < 500; count += 1) {
      const since = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- each has its own time
      expect((await client.fetch("GET", "/hello")).status).toBe(200);
      longest = Math.max(longest, performance.now() - since);
    }
    return longest;
  }
});

describe("clients that do not read", () => {
  // A Unix socket's buffers do not grow, so that what the server holds can be told from what the kernel holds.
  const fixture = serving(unix, { application: "slow:app" });
  const CLIENTS = 3;
  const BLOCK = 64 * KIB;

  async function asked(): Promise<number> {
    return Number((await (await fixture().connect()).fetch("GET", "/asked-for")).text);
  }

  /** The number of blocks once no more are asked for. */
  async function settled(): Promise<number> {
    let last = -1;
    for (let now = await asked(); now !== last; now = await asked()) {
      last = now;
      // oxlint-disable-next-line no-await-in-loop -- "no more" can only be seen after a while
      await setTimeout(200);
    }
    return last;
  }

  it("hold the iterable, and little more than the window, however much there is", async () => {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => fixture().connect()));
    for (const client of clients) {
      client.socket.pause();
      client.request("GET", "/blocks?1000");
    }
    const perClient = (await settled()) / CLIENTS;
    // 256 KiB of window, a block that was just beyond it, and twice 208 KiB of the kernel's.
    expect(perClient * BLOCK).toBeGreaterThan(256 * KIB);
    expect(perClient * BLOCK).toBeLessThan(1 * MIB);
    // Those who read again get everything.
    const [first, ...others] = clients;
    for (const other of others) other.destroy();
    first?.socket.resume();
    expect((await first?.response())?.body.length).toBe(1000 * BLOCK);
  });
});

describe("an idle connection", () => {
  const fixture = serving(tcp, { application: "contract:app", keepAlive: 0.4 });

  it("is closed after the keep-alive time, not before", async () => {
    const client = await fixture().connect();
    for (let count = 0; count < 3; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- on one connection
      expect((await client.fetch("GET", "/hello")).get("connection")).not.toBe("close");
      // oxlint-disable-next-line no-await-in-loop -- each request begins the time anew
      await setTimeout(200);
    }
    expect((await client.fetch("GET", "/hello")).status).toBe(200);
    const idle = await silence(client);
    expect(idle).toBeGreaterThan(350);
    expect(idle).toBeLessThan(5000);
  });

  it("is none while its request runs", async () => {
    const client = await fixture().connect();
    expect((await client.fetch("GET", "/hello")).status).toBe(200);
    client.request("GET", "/streaming/hold?late");
    await fixture().stage.reached("late");
    await setTimeout(900);
    fixture().stage.cue("late");
    expect((await client.response()).text).toBe("late");
  });
});

describe("a keep-alive time of 0", () => {
  const fixture = serving(tcp, { application: "contract:app", keepAlive: 0 });

  it.each(["1.1", "1.0"])("closes after each response, HTTP/%s", async (version) => {
    const client = await fixture().connect();
    const headers = ["Connection: keep-alive"];
    const response = await client.fetch("GET", "/hello", { version, headers });
    expect(response.text).toBe("Hello, World!");
    expect(response.get("connection")).toBe("close");
    await client.closed();
  });

  it("closes after an answer of the gateway's own", async () => {
    const client = await fixture().connect();
    const response = await client.fetch("GET", "/mistakes/raises");
    expect([response.status, response.get("connection")]).toEqual([500, "close"]);
    await client.closed();
  });
});

describe("413 (RFC 9110 §15.5.14)", () => {
  const fixture = serving(tcp, {
    application: "contract:app",
    limitRequestBody: 10 * KIB,
    bodyMemory: 4 * KIB,
  });

  /** A body of `size` bytes in pieces as they go over the wire. */
  function* pieces(size: number, framing: string): Generator<Buffer> {
    for (let sent = 0; sent < size; sent += 16 * KIB) {
      const data = Buffer.alloc(Math.min(16 * KIB, size - sent), "x");
      yield framing === "chunked"
        ? Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")])
        : data;
    }
    if (framing === "chunked") yield Buffer.from("0\r\n\r\n");
  }

  it.each([
    ["Content-Length", 11 * KIB],
    ["chunked", 11 * KIB],
    ["Content-Length", 20 * MIB],
    ["chunked", 20 * MIB],
  ])("reaches a client that sends all it has before it reads: %s, %i bytes", async (framing, size) => {
    const client = await fixture().connect();
    client.socket.pause();
    const field = framing === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${size}`;
    client.send(`POST /streaming/tell?ran HTTP/1.1\r\nHost: test\r\n${field}\r\n\r\n`);
    for (const piece of pieces(size, framing)) {
      // oxlint-disable-next-line no-await-in-loop -- at the pace at which the server takes it
      if (!client.socket.write(piece)) await new Promise((resolve) => client.socket.once("drain", resolve));
    }
    client.socket.resume();
    const response = await client.response();
    expect([response.status, response.get("connection")]).toEqual([413, "close"]);
    await client.closed();
    expect(fixture().stage.has("ran")).toBe(false);
  });

  it("reaches one that sends for longer than an unread connection is kept", { timeout: 20_000 }, async () => {
    const client = await fixture().connect();
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
    client.socket.pause();
    await drip(
      client,
      Array.from({ length: 30 }, () => "x".repeat(1000)),
      100,
    );
    client.socket.resume();
    expect((await client.response()).status).toBe(413);
  });
});

describe("a body too large for memory", () => {
  // tmpdir() is asked when the first such body comes.
  let temporary: string;
  let before: string | undefined;
  const fixture = serving(
    { ...tcp, threads: 1 },
    {
      application: "contract:app",
      bodyMemory: 64 * KIB,
      bodyTimeout: 0.4,
      bodyMinimumRate: 1000,
      limitRequestBody: 8 * MIB,
      queueLimit: 2,
    },
  );
  beforeAll(() => {
    temporary = mkdtempSync(join(tmpdir(), "highball-spool-"));
    before = process.env["TMPDIR"];
    process.env["TMPDIR"] = temporary;
  });
  afterAll(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(temporary, { recursive: true, force: true });
  });

  const folder = (): string => {
    const name = readdirSync(temporary).find((each) => each.startsWith("highball-bodies-"));
    return join(temporary, name ?? "none");
  };
  const files = (): string[] => readdirSync(folder());

  const head = `POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: ${MIB}\r\n\r\n`;

  /** A client that has sent half of its body, and whose file is there. */
  async function uploading(): Promise<Client> {
    const client = await fixture().connect();
    client.send(head);
    client.send(Buffer.alloc(MIB / 2, "x"));
    await until(() => files().length > 0);
    return client;
  }

  const warmUp = async (): Promise<void> => {
    const client = await fixture().connect();
    const response = await client.fetch("POST", "/echo", { body: Buffer.alloc(MIB) });
    expect(response.json()).toMatchObject({ body: { length: MIB } });
  };

  it("is in a file that nobody else can read, and that goes when the application has it", async () => {
    await warmUp();
    const client = await uploading();
    expect(mode(folder())).toBe("700");
    expect(files().map((name) => mode(join(folder(), name)))).toEqual(["600"]);
    client.send(Buffer.alloc(MIB / 2, "x"));
    expect((await client.response()).json()).toMatchObject({ body: { length: MIB } });
    await until(() => files().length === 0);
  });

  it.each(["/reads/nothing", "/reads/a-part", "/mistakes/raises", "/crashes/kill"])(
    "leaves no file when the application is %s",
    async (target) => {
      const client = await fixture().connect();
      const response = await client.fetch("POST", target, { body: Buffer.alloc(MIB) });
      expect([200, 500, 502]).toContain(response.status);
      await until(() => files().length === 0);
      await warmUp(); // waits for the worker that replaces a dead one
    },
  );

  it("leaves no file when the client leaves while it sends", async () => {
    const client = await uploading();
    expect(files()).toHaveLength(1);
    client.destroy();
    await until(() => files().length === 0);
  });

  it("leaves no file when the client leaves in the moment in which it is made", async () => {
    for (let count = 0; count < 50; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const client = await fixture().connect();
      client.send(head);
      client.send("x");
      // oxlint-disable-next-line no-await-in-loop -- once it is with the kernel
      await new Promise((resolve) => client.socket.write("x", resolve));
      client.destroy();
    }
    await fixture().seen();
    await until(() => fixture().server.inFlight === 0);
    await warmUp();
    await expect.poll(files).toEqual([]);
  });

  it("leaves no file when it is too slow, or too large in the end", async () => {
    const slow = await uploading();
    const large = await fixture().connect();
    large.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (let count = 0; count < 9; count += 1) {
      large.send(Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(MIB), Buffer.from("\r\n")]));
    }
    expect((await large.response()).status).toBe(413);
    await until(() => files().length <= 1); // the other may have been too slow by now
    slow.destroy();
    await until(() => files().length === 0);
    const never = await fixture().connect();
    never.send(`${head}x`);
    await until(() => files().length > 0);
    expect((await never.response()).status).toBe(408);
    await until(() => files().length === 0);
  });

  it("leaves no file when its request is never run", async () => {
    const [held, gone, queued, refused] = await Promise.all(
      Array.from({ length: 4 }, () => fixture().connect()),
    );
    held?.request("GET", "/streaming/hold?busy");
    await fixture().stage.reached("busy");
    gone?.request("POST", "/echo", { body: Buffer.alloc(MIB) });
    queued?.request("POST", "/echo", { body: Buffer.alloc(MIB) });
    await until(() => files().length === 2);
    // Pipelined or not: the queue holds two at most.
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = await fixture().connect();
        client.request("POST", "/echo", { body: Buffer.alloc(MIB) });
        return client;
      }),
    );
    gone?.destroy();
    refused?.destroy();
    fixture().stage.cue("busy");
    const statuses = await Promise.all(others.map(async (client) => (await client.response()).status));
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect((await queued?.response())?.status).toBe(200);
    await until(() => files().length === 0);
  });

  it("of many clients at once arrives whole", async () => {
    const bodies = Array.from({ length: 24 }, (_, index) => Buffer.alloc(3 * MIB, `${index} `));
    const statuses = await Promise.all(
      bodies.map(async (body) => {
        const client = await fixture().connect();
        const response = await client.fetch("POST", "/echo", { body });
        if (response.status === 503) return 503; // the queue is short here
        expect(response.json()).toMatchObject({
          body: { length: body.length, sha256: createHash("sha256").update(body).digest("hex") },
        });
        return response.status;
      }),
    );
    expect(statuses).toContain(200);
    await until(() => files().length === 0);
  });

  it("has a folder again when a machine has cleaned its temporary files", async () => {
    const first = folder();
    rmSync(first, { recursive: true });
    await warmUp();
    expect(folder()).not.toBe(first);
    expect(mode(folder())).toBe("700");
  });

  it("that cannot be written is answered 503, and said in the log", async () => {
    const client = await uploading();
    const path = folder();
    rmSync(path, { recursive: true });
    client.destroy();
    process.env["TMPDIR"] = join(temporary, "nowhere");
    const unlucky = await fixture().connect();
    const response = await unlucky.fetch("POST", "/echo", { body: Buffer.alloc(MIB) });
    expect([response.status, response.get("retry-after")]).toEqual([503, "5"]);
    expect(await fixture().log()).toContain("cannot be written to a file: ENOENT");
    process.env["TMPDIR"] = temporary;
    await warmUp();
  });

  it("is never taken for whole when its last bytes could not be written", async () => {
    const client = await fixture().connect();
    const outcome = await new Promise<string>((resolve) => {
      const told: BodyOutcome = {
        whole: () => resolve("whole"),
        tooLarge: () => resolve("too large"),
        failed: (error) => resolve(error.message),
      };
      const path = join(temporary, "nowhere", "body");
      const collector = new BodyCollector({ memory: 1, largest: 0 }, null, () => path, client.socket, told);
      collector.chunk(Buffer.alloc(100));
      collector.end();
    });
    expect(outcome).toContain("ENOENT");
  });
});

describe("a client that leaves", () => {
  const folder = mkdtempSync(join(tmpdir(), "highball-leaves-"));
  const file = join(folder, "large");
  const fixture = serving(tcp, { application: "contract:app", env: { X_FILE: file } });
  beforeAll(() => {
    writeFileSync(file, "");
    truncateSync(file, 64 * MIB);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("in the middle of its body never has its request run", async () => {
    const client = await fixture().connect();
    client.send("POST /streaming/tell?ran HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n12345");
    client.socket.end();
    await expect(client.response()).rejects.toThrow(Truncated);
    await fixture().seen();
    expect(fixture().stage.has("ran")).toBe(false);
  });

  it.each([
    ["CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"],
    ["CONNECT / HTTP/1.1\r\n\r\nmore"],
    ["GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nmore"],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\nmore"],
    ["POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999\r\n\r\nmore"],
    ["nonsense\r\n\r\n"],
  ])("with a reset, after %j and the answer to it, resets nothing else", async (bytes) => {
    const client = await fixture().connect();
    client.send(bytes);
    await client.head();
    client.socket.resetAndDestroy();
    await once(client.socket, "close");
    await fixture().seen();
    await expect.poll(() => fixture().server.inFlight).toBe(0);
    expect((await (await fixture().connect()).fetch("GET", "/hello")).status).toBe(200);
  });

  it.each(["/files/whole", "/streaming/endless-large"])(
    "in the middle of %s is nobody's fault: the log says nothing",
    async (target) => {
      const before = await fixture().log();
      const client = await fixture().connect();
      client.request("GET", target);
      expect((await client.head()).status).toBe(200);
      await client.bytes(MIB);
      client.destroy();
      await expect.poll(() => fixture().server.inFlight).toBe(0);
      // What the application and the file still have to say comes before this.
      expect((await (await fixture().connect()).fetch("GET", "/hello")).status).toBe(200);
      await fixture().seen();
      const lines = (await fixture().log()).slice(before.length).trimEnd().split("\n");
      expect(lines.filter((line) => !line.includes("Refused a request"))).toEqual([]);
    },
  );
});
