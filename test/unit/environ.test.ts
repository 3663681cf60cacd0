import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Connection, buildEnviron, describeConnection } from "../../src/http/environ.ts";
import { type Limits, type RequestHead, judge } from "../../src/http/policy.ts";
import { compileTrustedPeers } from "../../src/http/proxies.ts";

const limits: Limits = {
  limitRequestLine: 8190,
  limitRequestFields: 100,
  limitRequestFieldSize: 8190,
  mergeSlashes: false,
};
const trustedPeers = compileTrustedPeers(["127.0.0.1"]);

const tcp = describeConnection(
  {
    scheme: "http",
    serverName: "192.0.2.80",
    serverPort: 8000,
    remoteAddress: "::ffff:192.0.2.7",
    remotePort: 40_000,
  },
  trustedPeers,
);
const unixSocket = describeConnection(
  {
    scheme: "http",
    serverName: undefined,
    serverPort: undefined,
    remoteAddress: undefined,
    remotePort: undefined,
  },
  trustedPeers,
);

function head(overrides: Partial<RequestHead>): RequestHead {
  return {
    method: "GET",
    url: "/",
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    rawHeaders: ["Host", "example.test:8080"],
    ...overrides,
  };
}

function build(request: RequestHead, connection: Connection = tcp, received: number | null = 0): string {
  const verdict = judge(request, limits, connection.peer);
  if (!verdict.ok) throw new Error(verdict.reason);
  return buildEnviron(connection, request, verdict, received);
}

/** What the worker does: `parts = block.split("\0"); dict(zip(parts[::2], parts[1::2]))`. */
function decode(block: string): Record<string, string> {
  const parts = block.split("\0");
  expect(parts.length % 2).toBe(0);
  const environ: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) {
    const name = parts[index] ?? "";
    expect(environ).not.toHaveProperty([name]);
    environ[name] = parts[index + 1] ?? "";
  }
  return environ;
}

function environOf(
  overrides: Partial<RequestHead>,
  connection?: Connection,
  received?: number,
): Record<string, string> {
  return decode(build(head(overrides), connection, received));
}

/** Name and value of a few keys. */
function pick(
  environ: Record<string, string>,
  ...names: readonly string[]
): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, environ[name]]));
}

describe("the environ of a request", () => {
  it("has the keys of PEP 3333 and those that applications know from other servers", () => {
    const request = {
      method: "POST",
      url: "/caf%C3%A9?a=%20",
      rawHeaders: [
        "Host",
        "example.test:8080",
        "Content-Type",
        "text/plain",
        "Content-Length",
        "3",
        "Accept",
        "a",
        "accept",
        "b",
        "Cookie",
        "x=1",
        "Cookie",
        "y=2",
      ],
    };
    expect(environOf(request)).toEqual({
      REQUEST_METHOD: "POST",
      SCRIPT_NAME: "",
      PATH_INFO: "/caf\xc3\xa9",
      QUERY_STRING: "a=%20",
      REQUEST_URI: "/caf%C3%A9?a=%20",
      RAW_URI: "/caf%C3%A9?a=%20",
      SERVER_NAME: "192.0.2.80",
      SERVER_PORT: "8000",
      SERVER_PROTOCOL: "HTTP/1.1",
      REMOTE_ADDR: "192.0.2.7",
      REMOTE_PORT: "40000",
      "wsgi.url_scheme": "http",
      CONTENT_TYPE: "text/plain",
      CONTENT_LENGTH: "3",
      HTTP_HOST: "example.test:8080",
      HTTP_ACCEPT: "a, b",
      HTTP_COOKIE: "x=1; y=2",
    });
  });

  it("has CONTENT_TYPE and CONTENT_LENGTH only if they were sent", () => {
    const environ = environOf({});
    expect(environ).not.toHaveProperty("CONTENT_TYPE");
    expect(environ).not.toHaveProperty("CONTENT_LENGTH");
    expect(environOf({ rawHeaders: ["Host", "a", "Content-Length", "0", "Content-Type", ""] })).toMatchObject(
      {
        CONTENT_LENGTH: "0",
        CONTENT_TYPE: "",
      },
    );
  });

  it("has the size received as CONTENT_LENGTH of a chunked body, and no HTTP_TRANSFER_ENCODING", () => {
    const request = { rawHeaders: ["Host", "a", "Transfer-Encoding", "chunked"] };
    const environ = environOf(request, tcp, 12_345);
    expect(environ["CONTENT_LENGTH"]).toBe("12345");
    expect(environ).not.toHaveProperty("HTTP_TRANSFER_ENCODING");
    expect(decode(build(head(request), tcp, null))).not.toHaveProperty("CONTENT_LENGTH");
  });

  it("has a Content-Length in plain digits, so that int() and others read the same", () => {
    expect(environOf({ rawHeaders: ["Host", "a", "Content-Length", "0007"] })["CONTENT_LENGTH"]).toBe("7");
  });

  it("has the protocol of the request", () => {
    expect(environOf({ httpVersionMinor: 0 })["SERVER_PROTOCOL"]).toBe("HTTP/1.0");
  });

  it("has HTTP_HOST of an absolute-form target, SERVER_NAME of the listener, REQUEST_URI as it came", () => {
    expect(
      pick(
        environOf({ url: "http://other.test:81/a?b" }),
        "HTTP_HOST",
        "SERVER_NAME",
        "SERVER_PORT",
        "PATH_INFO",
        "QUERY_STRING",
        "REQUEST_URI",
        "RAW_URI",
      ),
    ).toEqual({
      HTTP_HOST: "other.test:81",
      SERVER_NAME: "192.0.2.80",
      SERVER_PORT: "8000",
      PATH_INFO: "/a",
      QUERY_STRING: "b",
      REQUEST_URI: "http://other.test:81/a?b",
      RAW_URI: "http://other.test:81/a?b",
    });
  });

  it("has an empty PATH_INFO for OPTIONS *, which RFC 9112 §3.3 gives an empty path", () => {
    expect(pick(environOf({ method: "OPTIONS", url: "*" }), "PATH_INFO", "REQUEST_URI")).toEqual({
      PATH_INFO: "",
      REQUEST_URI: "*",
    });
  });

  it("has no HTTP_HOST without Host", () => {
    expect(environOf({ httpVersionMinor: 0, rawHeaders: [] })).not.toHaveProperty("HTTP_HOST");
    expect(environOf({ rawHeaders: ["Host", ""] })).not.toHaveProperty("HTTP_HOST");
  });
});

/** What a request over TLS is told of the server at an address. */
function named(serverName: string): Record<string, string | undefined> {
  const connection = describeConnection(
    { scheme: "https", serverName, serverPort: 8443, remoteAddress: "192.0.2.7", remotePort: 1 },
    trustedPeers,
  );
  return pick(environOf({}, connection), "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme");
}

describe("SERVER_NAME and SERVER_PORT", () => {
  it.each([
    ["localhost", "localhost"],
    ["::1", "[::1]"],
    ["fe80::1%eth0", "[fe80::1]"],
    ["::ffff:192.0.2.80", "192.0.2.80"],
  ])("for a listener at %s: %s, as in a URL (RFC 3875 §4.1.14)", (address, name) => {
    expect(named(address)).toEqual({ SERVER_NAME: name, SERVER_PORT: "8443", "wsgi.url_scheme": "https" });
  });

  it.each([
    [["Host", "example.test"], "example.test", "80"],
    [["Host", "example.test:8080"], "example.test", "8080"],
    [["Host", "example.test:"], "example.test", "80"],
    [["Host", "[::1]:81"], "[::1]", "81"],
    [["Host", "[::1]"], "[::1]", "80"],
    [["Host", ""], "localhost", "80"],
    [["Host", "example.test", "X-Forwarded-Proto", "https"], "example.test", "443"],
  ])("on a Unix socket, with %j: %s and %s", (rawHeaders, name, port) => {
    const environ = environOf({ rawHeaders }, unixSocket);
    expect(pick(environ, "SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "REMOTE_PORT")).toEqual({
      SERVER_NAME: name,
      SERVER_PORT: port,
      REMOTE_ADDR: "",
      REMOTE_PORT: "0",
    });
  });
});

describe("behind a trusted proxy", () => {
  const proxied = describeConnection(
    { scheme: "http", serverName: "10.0.0.2", serverPort: 8000, remoteAddress: "127.0.0.1", remotePort: 5 },
    trustedPeers,
  );

  it("names the client and the scheme that the client used", () => {
    const rawHeaders = ["Host", "a", "X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", "https"];
    expect(environOf({ rawHeaders }, proxied)).toMatchObject({
      REMOTE_ADDR: "198.51.100.1",
      REMOTE_PORT: "0",
      "wsgi.url_scheme": "https",
      HTTP_X_FORWARDED_FOR: "198.51.100.1",
    });
    expect(environOf({}, proxied)).toMatchObject({ REMOTE_ADDR: "127.0.0.1", REMOTE_PORT: "5" });
  });
});

/** What Node's parser can hand over: latin-1 without control characters, trimmed. */
const fieldValue = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: 30,
  })
  .map((text) => text.replaceAll("\x7f", "").trim());
const fieldName = fc.constantFrom(
  "X-A",
  "x-a",
  "X_A",
  "X-B",
  "Cookie",
  "Accept",
  "X-Forwarded-For",
  "Via",
  "PROXY",
  "X-a",
);
const pathByte = fc.integer({ min: 0, max: 255 });

describe("any accepted request", () => {
  it("frames one value for each name, all of them bytes, and gives the path back exactly", () => {
    fc.assert(
      fc.property(
        fc.array(pathByte, { maxLength: 20 }),
        fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 12 }),
        (bytes, fields) => {
          const url = `/${bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}`;
          const request = head({ url, rawHeaders: ["Host", "h", ...fields.flat()] });
          const verdict = judge(request, limits, tcp.peer);
          expect(verdict.ok).toBe(!bytes.includes(0));
          if (!verdict.ok) return;
          const block = buildEnviron(tcp, request, verdict, 0);
          expect(block).toMatch(/^[\0-\xff]*$/);
          const environ = decode(block);
          expect(environ["PATH_INFO"]).toBe(`/${String.fromCharCode(...bytes)}`);
          const values = (name: string): string[] =>
            fields.filter(([spelling]) => spelling.toLowerCase() === name).map(([, value]) => value);
          expect(environ["HTTP_X_A"]).toBe(values("x-a").length > 0 ? values("x-a").join(", ") : undefined);
          expect(environ["HTTP_COOKIE"]).toBe(
            values("cookie").length > 0 ? values("cookie").join("; ") : undefined,
          );
          expect(environ).not.toHaveProperty("HTTP_PROXY");
          expect(environ).not.toHaveProperty("HTTP_X_FORWARDED_FOR");
        },
      ),
      { seed: 3333, numRuns: 500 },
    );
  });

  it("lets no NUL in, whatever a protocol's parser would let through", () => {
    const anything = fc.string({ unit: fc.constantFrom("\0", "A", "/", "%00", "=", "?"), maxLength: 6 });
    fc.assert(
      fc.property(anything, anything, anything, (query, value, type) => {
        const request = head({
          url: `/?${query}`,
          rawHeaders: ["Host", "h", "X-A", value, "Content-Type", type],
        });
        const verdict = judge(request, limits, tcp.peer);
        const hostile = (query + value + type).includes("\0");
        expect(verdict.ok).toBe(!hostile);
        if (verdict.ok) decode(buildEnviron(tcp, request, verdict, 0));
      }),
      { seed: 3333, numRuns: 500 },
    );
  });
});

describe("in the worker", () => {
  it("Python reads what was written, byte for byte", () => {
    const bytes = Array.from({ length: 255 }, (_, index) => index + 1);
    const url = `/${bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}?q=%ff`;
    const block = build(
      head({ url, rawHeaders: ["Host", "h", "X-Latin", "\xe9\xff", "X-Empty", "", "X-Last", ""] }),
    );
    const program = [
      "import json, sys",
      'parts = sys.stdin.buffer.read().decode("latin-1").split("\\0")',
      "environ = dict(zip(parts[::2], parts[1::2]))",
      "assert len(parts) == 2 * len(environ), parts",
      'assert environ["PATH_INFO"].encode("latin-1") == b"/" + bytes(range(1, 256))',
      "print(json.dumps(environ))",
    ].join("\n");
    const output = execFileSync("python3", ["-c", program], { input: Buffer.from(block, "latin1") });
    expect(JSON.parse(output.toString())).toEqual(decode(block));
  });
});
