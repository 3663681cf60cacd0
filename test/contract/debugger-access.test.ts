/** Who may look into the debugger of a real server and who may have it do something, over raw sockets. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { Client, type Response } from "../support/http-client.ts";

const PIN = "271-828-182";
const PREFIX = "/__highball__/";
/** Stands in the code that is evaluated, and nowhere else. */
const CODE = "'unlikely' + 'code'";

const APPLICATION = `
def app(environ, start_response):
    total = {"people": 0}
    return [1 / total["people"]]
`;

const folder = mkdtempSync(join(tmpdir(), "highball-access-"));
const accessLog = join(folder, "access.log");
const errorLog = join(folder, "error.log");
const socket = join(folder, "server.sock");
let server: Server;

beforeAll(async () => {
  writeFileSync(join(folder, "app.py"), APPLICATION);
  vi.stubEnv("XDG_STATE_HOME", folder);
  server = await serve({
    mode: "development",
    application: "app:app",
    chdir: folder,
    bind: ["127.0.0.1:0", `unix:${socket}`],
    accessLogfile: accessLog,
    // Every header that could hold a secret.
    accessLogformat: '%(r)s %(s)s "%({cookie}i)s" "%({x-highball-token}i)s" "%({set-cookie}o)s" "%(f)s"',
    errorLogfile: errorLog,
    logLevel: "debug",
    env: { HIGHBALL_DEBUG_PIN: PIN },
  });
  // The error that the tests look at.
  await ask("GET", "/pay?token=hunter2hunter2");
}, 60_000);

afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

interface Asking {
  readonly host?: string;
  readonly headers?: readonly string[];
  readonly body?: unknown;
  /** Over the Unix socket. */
  readonly unix?: boolean;
}

async function ask(method: string, target: string, asking: Asking = {}): Promise<Response> {
  const { host = "localhost", headers = [], body, unix = false } = asking;
  const client = await Client.connect(unix ? { path: socket } : { host: "127.0.0.1", port: server.port });
  const text = body === undefined ? "" : JSON.stringify(body);
  const type = body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${text.length}`];
  const head = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...type, ...headers];
  client.send(`${head.join("\r\n")}\r\n\r\n${text}`);
  return client.response({ method });
}

const look = (target: string, asking: Asking = {}): Promise<Response> => ask("GET", PREFIX + target, asking);

const post = (target: string, body: unknown, asking: Asking = {}): Promise<Response> =>
  ask("POST", PREFIX + target, { ...asking, body });

interface Told {
  readonly unlocked?: boolean;
  readonly token?: string;
  readonly wait?: number;
  readonly error?: { readonly code?: string };
}

const told = (response: Response): Told => JSON.parse(response.text) as Told;

/** The headers of a browser that is unlocked. */
async function unlock(asking: Asking = {}): Promise<readonly string[]> {
  const response = await post("unlock", { pin: PIN }, asking);
  expect(response.status).toBe(200);
  const [cookie = ""] = response.all("set-cookie");
  return [`Cookie: ${cookie.split(";")[0] ?? ""}`, `X-Highball-Token: ${told(response).token ?? ""}`];
}

describe("looking", () => {
  it.each([
    "localhost",
    "LOCALHOST",
    "localhost:1",
    "shop.localhost",
    "127.0.0.1",
    "[::1]",
    "[::1]:8000",
    "localhost.",
  ])("is for the Host %s", async (host) => {
    expect((await look("errors", { host })).status).toBe(200);
  });

  it.each(["evil.example", "0.0.0.0", "[::]", "10.0.0.1", "localhost.evil.example"])(
    "is not for the Host %s",
    async (host) => {
      expect((await look("errors", { host })).status).toBe(403);
    },
  );

  it.each(["evil.example", "0.0.0.0", "[::]", "10.0.0.1", "localhost.evil.example"])(
    "nor is the error of a request for the Host %s told to who sent it",
    async (host) => {
      for (const type of ["text/html", "application/json", "text/plain"]) {
        // oxlint-disable-next-line no-await-in-loop -- one request after the other
        const response = await ask("GET", "/pay", { host, headers: [`Accept: ${type}`] });
        expect(response.status).toBe(500);
        expect(response.text).not.toContain("ZeroDivisionError");
        expect(response.text).not.toContain("app.py");
      }
    },
  );

  it.each(["text/html", "application/json", "text/plain"])(
    "of an error as %s is for no page of another site, neither as a frame nor as a part",
    async (type) => {
      const response = await ask("GET", "/pay", { headers: [`Accept: ${type}`] });
      expect(response.text).toContain("ZeroDivisionError");
      expect(response.all("content-type").join()).toContain(type);
      expect(response.all("x-frame-options")).toEqual(["DENY"]);
      expect(response.all("x-content-type-options")).toEqual(["nosniff"]);
      expect(response.all("content-security-policy").join()).toMatch(
        /^default-src 'none'.*frame-ancestors 'none'/,
      );
      expect(response.all("cross-origin-resource-policy")).toEqual(["same-origin"]);
      expect(response.all("access-control-allow-origin")).toEqual([]);
    },
  );

  it.each([
    ["Sec-Fetch-Site: cross-site", 403],
    ["Sec-Fetch-Site: same-site", 403],
    ["Sec-Fetch-Site: none", 200],
    ["Origin: http://evil.example", 403],
    ["Origin: null", 403],
    ["Origin: http://localhost:1", 403],
    ["Origin: http://localhost", 200],
  ])("with %s is answered %d", async (header, status) => {
    expect((await look("errors", { headers: [header] })).status).toBe(status);
  });

  it.each([
    "X-Forwarded-For: 10.0.0.9",
    // Of a proxy that says no more, and of one that passes on what its client has said.
    "X-Forwarded-For: unknown",
    "X-Forwarded-For: 10.0.0.9, 127.0.0.1",
    "X-Real-IP: 10.0.0.9",
    "CF-Connecting-IP: fd00::9",
    'Forwarded: for=127.0.0.1, proto=http;For="[fd00::9]:80"',
  ])("is not for a client that is elsewhere, as a proxy says: %s", async (header) => {
    expect((await look("errors", { headers: [header] })).status).toBe(403);
    expect((await look("events", { headers: [header] })).status).toBe(403);
    const response = await ask("GET", "/pay", { headers: [header] });
    expect(response.status).toBe(500);
    expect(response.text).not.toContain("ZeroDivisionError");
  });

  it.each(["X-Forwarded-For: 127.0.0.1, [::1]:80", 'Forwarded: for="[::1]";proto=http', "X-Real-IP: ::1"])(
    "is for a client of this machine behind a proxy of this machine: %s",
    async (header) => {
      expect((await look("errors", { headers: [header] })).status).toBe(200);
    },
  );

  it("shows an error, with its request's secrets masked", async () => {
    const response = await look("errors/1", { headers: ["Accept: application/json"] });
    expect(response.status).toBe(200);
    expect(response.text).toContain("ZeroDivisionError");
    expect(response.text).not.toContain("hunter2");
    const page = await look("errors/1", { headers: ["Accept: text/html"] });
    expect(page.text).toContain("ZeroDivisionError");
    expect(page.text).not.toContain("hunter2");
  });

  it.each(["errors", "errors/1", "console", "unlock", "requests", "session", "nothing"])(
    "at %s leaves nothing to frame, sniff, keep or leak",
    async (target) => {
      const response = await look(target, { headers: ["Accept: text/html"] });
      expect(response.all("x-frame-options")).toEqual(["DENY"]);
      expect(response.all("content-security-policy").join()).toMatch(
        /^default-src 'none'.*frame-ancestors 'none'/,
      );
      expect(response.all("content-security-policy").join()).not.toContain("unsafe");
      expect(response.all("cache-control")).toEqual(["no-store"]);
      expect(response.all("x-content-type-options")).toEqual(["nosniff"]);
      expect(response.all("referrer-policy")).toEqual(["no-referrer"]);
      expect(response.all("cross-origin-resource-policy")).toEqual(["same-origin"]);
      expect(response.all("access-control-allow-origin")).toEqual([]);
    },
  );
});

describe("doing", () => {
  it("needs a token and the cookie that goes with it", async () => {
    const [cookie = "", token = ""] = await unlock();
    for (const headers of [[], [cookie], [token], [cookie, "X-Highball-Token: wrong"]]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await post("console/evaluate", { code: CODE }, { headers });
      expect([response.status, told(response).error?.code]).toEqual([403, "LOCKED"]);
    }
  });

  it("evaluates in the frame of an error, for a browser that is unlocked", async () => {
    const headers = await unlock();
    // A new one: of each process only the last errors have their frames.
    const failed = await ask("GET", "/pay", { headers: ["Accept: application/json"] });
    const { error: raised } = JSON.parse(failed.text) as { readonly error: { readonly id: number } };
    const { error } = JSON.parse((await look(`errors/${raised.id}`)).text) as {
      readonly error: {
        readonly model: { readonly exception: { readonly frames: readonly { id: string }[] } };
      };
    };
    const frame = error.model.exception.frames.at(-1)?.id ?? "";
    expect(frame).not.toBe("");
    const response = await post(
      `errors/${raised.id}/frames/${frame}/evaluate`,
      { code: `${CODE} + str(total)` },
      { headers },
    );
    expect([response.status, response.text]).toEqual([
      200,
      expect.stringContaining("unlikelycode{'people': 0}"),
    ]);
  });

  it.each([
    "Sec-Fetch-Site: same-site",
    "Sec-Fetch-Site: cross-site",
    "Origin: http://localhost:1",
    "Origin: null",
  ])("is not for a page with %s, even with cookie and token", async (header) => {
    const headers = [...(await unlock()), header];
    expect((await post("console/evaluate", { code: CODE }, { headers })).status).toBe(403);
  });

  it("is not for what is no JSON", async () => {
    const headers = [...(await unlock()), "Content-Type: text/plain", "Content-Length: 0"];
    expect((await ask("POST", `${PREFIX}console/evaluate`, { headers })).status).toBe(415);
  });
});

describe("the PIN", () => {
  it("is not known to the application, whose frames may be looked at", async () => {
    const headers = await unlock();
    const code = "[name for name in __import__('os').environ if 'PIN' in name and 'BALL' in name]";
    const response = await post("console/evaluate", { code }, { headers });
    expect(response.status).toBe(200);
    expect(JSON.parse(response.text)).toMatchObject({ status: "done", value: { items: [] } });
  });
});

describe("wrong PINs", () => {
  it("keep their own client waiting, and nobody else", async () => {
    const inside = await unlock();
    let last: Told = {};
    for (let guess = 0; guess < 10; guess += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      last = told(await post("unlock", { pin: "000-000-001" }));
    }
    expect(last).toMatchObject({ unlocked: false });
    expect(last.wait).toBeGreaterThan(0);
    // The right one from there has to wait too; over the Unix socket it is another client.
    expect(told(await post("unlock", { pin: PIN }))).toMatchObject({ unlocked: false });
    const outside = await unlock({ unix: true });
    for (const [headers, unix] of [
      [inside, false],
      [outside, true],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await post("console/evaluate", { code: CODE }, { headers, unix })).status).toBe(200);
    }
  });
});

describe("the logs", () => {
  it("have neither PIN nor token nor cookie nor code", async () => {
    const headers = await unlock({ unix: true });
    await post("console/evaluate", { code: CODE }, { headers, unix: true });
    // Refused, and so with a line in the access log.
    await post("console/evaluate", { code: CODE }, { headers: [...headers, "Origin: null"], unix: true });
    await post("nothing", { pin: PIN }, { headers, unix: true });
    await server.close();
    const logs = readFileSync(accessLog, "utf8") + readFileSync(errorLog, "utf8");
    expect(logs).toContain("/__highball__/nothing");
    const secrets = headers.map((header) => header.split(/[:=] ?/).at(-1) ?? "");
    for (const secret of [PIN, PIN.replaceAll("-", ""), "000-000-001", "unlikely", ...secrets]) {
      expect(secret).not.toBe("");
      expect(logs).not.toContain(secret);
    }
  });
});
