/** Large, many and odd, from the first byte to the environ; the limits themselves are in the corpus. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Client, Response } from "../support/http-client.ts";
import { Random } from "../support/random.ts";
import { Fixture, type Transport } from "./transports.ts";

const KIB = 1024;

const transport: Transport = { name: "", socket: "tcp", workers: 1, threads: 2 };

function serving(settings: Parameters<typeof Fixture.start>[1]): () => Fixture {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start(transport, settings);
  });
  afterEach(() => fixture.settle());
  afterAll(() => fixture.close());
  return () => fixture;
}

type Environ = Readonly<Record<string, unknown>>;

function environOf(response: Response): Environ {
  expect(response.status).toBe(200);
  // oxlint-disable-next-line no-unsafe-type-assertion -- the application is the test's own
  return (response.json() as { environ: Environ }).environ;
}

/** Sends bytes in pieces that end anywhere, each once the one before it is with the kernel. */
async function sendInPieces(client: Client, bytes: string, random: Random): Promise<void> {
  for (let start = 0; start < bytes.length;) {
    const size = 1 + random.below(20_000);
    const piece = Buffer.from(bytes.slice(start, start + size), "latin1");
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await new Promise((resolve) => client.socket.write(piece, resolve));
    start += size;
  }
}

describe("with room for more, a request arrives exactly", () => {
  const fixture = serving({
    application: "echo:app",
    limitRequestLine: 256 * KIB,
    limitRequestFields: 5000,
    limitRequestFieldSize: 256 * KIB,
  });

  it.each(["at once", "in pieces"])("with 2,500 header fields, %s", async (manner) => {
    const client = await fixture().connect();
    const names = Array.from({ length: 2500 }, (_, index) => index);
    const fields = names.map((index) => `X-${index}: value ${index}\r\n`).join("");
    const bytes = `GET / HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`;
    if (manner === "at once") client.send(bytes);
    else await sendInPieces(client, bytes, new Random(1));
    const environ = environOf(await client.response());
    expect(names.filter((index) => environ[`HTTP_X_${index}`] !== `value ${index}`)).toEqual([]);
    expect(Object.keys(environ).filter((name) => /^HTTP_X_\d+$/.test(name))).toHaveLength(2500);
  });

  it("with 2,500 fields of one name, joined in their order (RFC 9110 §5.3)", async () => {
    const client = await fixture().connect();
    const values = Array.from({ length: 2500 }, (_, index) => `v${index}`);
    client.request("GET", "/", { headers: values.map((value) => `X-Same: ${value}`) });
    expect(environOf(await client.response())["HTTP_X_SAME"]).toBe(values.join(", "));
  });

  it("with a cookie of 200 KiB, and with a hundred of 4 KiB (RFC 6265 §5.4)", async () => {
    const client = await fixture().connect();
    const large = `a=${"b".repeat(200 * KIB)}`;
    const one = await client.fetch("GET", "/", { headers: [`Cookie: ${large}`] });
    expect(environOf(one)["HTTP_COOKIE"]).toBe(large);
    const many = Array.from({ length: 100 }, (_, index) => `c${index}=${"d".repeat(4 * KIB)}`);
    const all = await client.fetch("GET", "/", { headers: many.map((cookie) => `Cookie: ${cookie}`) });
    expect(environOf(all)["HTTP_COOKIE"]).toBe(many.join("; "));
  });

  it.each(["at once", "in pieces"])("with a target of 64 KiB, %s", async (manner) => {
    const client = await fixture().connect();
    const path = `/${"p%20".repeat(8 * KIB)}`;
    const query = "q=%20&".repeat(6 * KIB);
    const bytes = `GET ${path}?${query} HTTP/1.1\r\nHost: a.test\r\n\r\n`;
    expect(bytes.length).toBeGreaterThan(64 * KIB);
    if (manner === "at once") client.send(bytes);
    else await sendInPieces(client, bytes, new Random(2));
    const environ = environOf(await client.response());
    expect(environ["PATH_INFO"]).toBe(path.replaceAll("%20", " "));
    expect(environ["QUERY_STRING"]).toBe(query);
    expect(environ["REQUEST_URI"]).toBe(`${path}?${query}`);
  });
});

function escape(byte: number, digits: string): string {
  const hex = byte.toString(16).padStart(2, "0");
  return `%${digits === "upper case" ? hex.toUpperCase() : hex}`;
}

describe("every byte", () => {
  const fixture = serving({ application: "echo:app" });
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  it.each(["upper case", "lower case"])("but NUL arrives by its escape in %s", async (digits) => {
    const client = await fixture().connect();
    for (const byte of bytes.slice(1)) {
      const target = `/-${escape(byte, digits)}-?${escape(byte, digits)}`;
      // oxlint-disable-next-line no-await-in-loop -- on one connection
      const environ = environOf(await client.fetch("GET", target));
      expect(environ).toMatchObject({
        PATH_INFO: `/-${String.fromCharCode(byte)}-`,
        QUERY_STRING: escape(byte, digits), // RFC 3875 §4.1.7: not decoded
        REQUEST_URI: target,
        RAW_URI: target,
      });
    }
  });

  it("of a NUL in a path is refused", async () => {
    const client = await fixture().connect();
    expect((await client.fetch("GET", "/a%00b")).status).toBe(400);
  });

  it("arrives or is refused when it stands in the target itself (RFC 3986 §2)", async () => {
    for (const byte of bytes) {
      const character = String.fromCharCode(byte);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const client = await fixture().connect();
      client.send(`GET /-${character}-?-${character}- HTTP/1.1\r\nHost: a.test\r\n\r\n`);
      // oxlint-disable-next-line no-await-in-loop
      const response = await client.response();
      const isVisible = byte > 0x20 && byte < 0x7f && character !== "#";
      expect([character, response.status]).toEqual([character, isVisible ? 200 : 400]);
      const arrived = isVisible ? environOf(response) : {};
      const expected =
        character === "?"
          ? { PATH_INFO: "/-", QUERY_STRING: "-?-?-" }
          : { PATH_INFO: `/-${character}-`, QUERY_STRING: `-${character}-` };
      expect(arrived).toMatchObject(isVisible ? expected : {});
      client.destroy();
    }
  });

  it("arrives or is refused when it stands in a header's value (RFC 9110 §5.5)", async () => {
    for (const byte of bytes) {
      const value = `a${String.fromCharCode(byte)}b`;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const client = await fixture().connect();
      client.send(`GET / HTTP/1.1\r\nHost: a.test\r\nX-Value: ${value}\r\n\r\n`);
      // oxlint-disable-next-line no-await-in-loop
      const response = await client.response();
      const isText = byte === 0x09 || (byte >= 0x20 && byte !== 0x7f);
      expect([byte, response.status]).toEqual([byte, isText ? 200 : 400]);
      expect(isText ? environOf(response)["HTTP_X_VALUE"] : value).toBe(value);
      client.destroy();
    }
  });
});

describe("many requests", () => {
  const fixture = serving({ application: "contract:app" });

  it.each([100, 1000])("%i pipelined in one packet are answered in order", async (count) => {
    const client = await fixture().connect();
    const requests = Array.from({ length: count }, (_, index) => {
      const body = "x".repeat(index % 7);
      const length = index % 7 === 0 ? "" : `Content-Length: ${body.length}\r\n`;
      return `${index % 7 === 0 ? "GET" : "POST"} /echo/${index} HTTP/1.1\r\nHost: a.test\r\n${length}\r\n${body}`;
    });
    client.send(requests.join(""));
    for (let index = 0; index < count; index += 1) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      const response = await client.response();
      expect(response.json()).toMatchObject({
        environ: { PATH_INFO: `/${index}` },
        body: { length: index % 7 },
      });
    }
  });

  it("behind a slow one are read no further than need be, and answered in order", async () => {
    const client = await fixture().connect();
    const total = 4000;
    // In all far more than the kernel holds for a connection.
    const query = "q".repeat(8000);
    let written = 0;
    const write = (target: string): unknown =>
      client.socket.write(`GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`, () => (written += 1));
    write("/streaming/hold?slow");
    for (let index = 1; index < total; index += 1) write(`/echo/${index}?${query}`);
    await fixture().stage.reached("slow");
    // Others are served meanwhile.
    const other = await fixture().connect();
    for (let count = 0; count < 100; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await other.fetch("GET", "/hello")).status).toBe(200);
    }
    expect(written).toBeLessThan(total);
    fixture().stage.cue("slow");
    expect((await client.response()).text).toBe("slow");
    for (let index = 1; index < 200; index += 1) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      expect((await client.response()).json()).toMatchObject({ environ: { PATH_INFO: `/${index}` } });
    }
  });

  it("of HTTP/1.0 share a connection that says keep-alive, as those of ApacheBench", async () => {
    const client = await fixture().connect();
    for (let count = 0; count < 200; count += 1) {
      client.send(
        "GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\nHost: a.test\r\nUser-Agent: ApacheBench/2.3\r\nAccept: */*\r\n\r\n",
      );
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await client.response();
      expect([response.status, response.framing, response.text]).toEqual([200, "length", "Hello, World!"]);
      expect(response.get("connection")?.toLowerCase()).toBe("keep-alive");
    }
    const last = await client.fetch("GET", "/hello", { version: "1.0" });
    expect(last.get("connection")).toBe("close");
    await client.closed();
  });
});

describe("a response", () => {
  const fixture = serving({ application: "large:app" });

  it.each([
    ["1,000 header fields", "/many-fields"],
    ["a header field of 1 MB", "/large-field"],
  ])("with %s arrives", async (_what, target) => {
    const client = await fixture().connect();
    const response = await client.fetch("GET", target);
    expect(response.status).toBe(200);
    const sizes = response.all("x-large").map((value) => value.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(target === "/many-fields" ? 10_000 : 1_000_000);
    expect(response.text).toBe("large");
    expect((await client.fetch("GET", "/small")).text).toBe("small");
  });
});
