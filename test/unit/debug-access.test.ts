/** Who may look into the debugger, and who may have it do something: each threat, and what answers it. */
import { describe, expect, it } from "vitest";
import { Debugger } from "../../src/debug/debugger.ts";
import { OwnPages } from "../../src/debug/own-pages.ts";
import { visitOf as visitOfGateway } from "../../src/http/debug-request.ts";
import type { GatewayRequest } from "../../src/http/messages.ts";
import type { Accepted } from "../../src/http/policy.ts";
import type { Settings } from "../../src/settings/settings.ts";
import {
  type Asking,
  DebugFixture,
  type DebugFixtureOptions,
  PIN,
  PREFIX,
  visitOf,
} from "../support/debug-visits.ts";
import { MemoryLog } from "../support/memory-log.ts";
import { dividing, error, errorRecord, requestRecord } from "../support/error-models.ts";

type Headers = NonNullable<Asking["headers"]>;

async function statusFor(asking: Asking, options: DebugFixtureOptions = {}): Promise<number> {
  return (await new DebugFixture(options).get("errors", asking)).status;
}

/** A browser that has unlocked itself. */
async function unlock(debug: DebugFixture, asking: Asking = {}): Promise<Headers> {
  const answer = await debug.post("unlock", { pin: PIN }, asking);
  expect(answer.status).toBe(200);
  return [
    ["Cookie", answer.cookie],
    ["X-Highball-Token", answer.token],
  ];
}

describe("DNS rebinding", () => {
  it.each([
    "localhost",
    "LOCALHOST:8000",
    "localhost.",
    "shop.localhost:1",
    "127.0.0.1",
    "127.9.9.9:80",
    "[::1]",
    "[::1]:8000",
    "my.server",
    "MY.SERVER:8000",
    "dev.example.com",
    "a.internal",
    "internal",
  ])("is none at %s, a name of our own", async (host) => {
    const options = { serverNames: ["my.server"], trustedHost: ["dev.example.com", ".internal"] };
    expect(await statusFor({ host }, options)).toBe(200);
  });

  it.each([
    "evil.example",
    "localhost.evil.example",
    "evillocalhost",
    "127.0.0.1.evil.example",
    "0.0.0.0",
    "[::]:8000",
    "0",
    "10.0.0.1",
    "[fd00::1]",
    "",
    "localhost..",
    "a.dev.example.com",
    "notinternal",
  ])("is refused at %j", async (host) => {
    const options = { serverNames: ["0.0.0.0", "::", ""], trustedHost: ["dev.example.com", ".internal"] };
    expect(await statusFor({ host }, options)).toBe(403);
  });

  it("is refused without a Host", async () => {
    expect(await statusFor({ host: null })).toBe(403);
  });

  it("reaches nothing: not the index, a page, a token, or what there is", async () => {
    const debug = new DebugFixture({ pin: { kind: "off" } });
    for (const target of ["errors", "errors/1", "requests", "console", "unlock", "session", "nothing"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await debug.get(target, { host: "evil.example" });
      expect([target, answer.status, answer.code]).toEqual([target, 403, "FORBIDDEN"]);
    }
    expect((await debug.post("unlock", { pin: PIN }, { host: "evil.example" })).status).toBe(403);
  });
});

describe("another machine", () => {
  it("sees nothing, and is told why and what to do", async () => {
    const answer = await new DebugFixture().get("errors", { isLocal: false, remoteAddress: "10.0.0.9" });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("10.0.0.9");
    expect(answer.text).toContain("--debug-remote");
  });

  it("may do so with --debug-remote, at an address or a name that was given, and needs the PIN", async () => {
    const debug = new DebugFixture({ debugRemote: true });
    const asking = { isLocal: false, remoteAddress: "10.0.0.9", host: "10.0.0.5:8000" };
    expect((await debug.get("errors", asking)).status).toBe(200);
    expect((await debug.get("errors", { ...asking, host: "evil.example" })).status).toBe(403);
    expect((await debug.post("console/evaluate", { code: "1" }, asking)).code).toBe("LOCKED");
    const headers = await unlock(debug, asking);
    expect((await debug.post("console/evaluate", { code: "1" }, { ...asking, headers })).status).toBe(200);
  });

  it.each([
    [true, "Whoever has the PIN runs any code"],
    [false, "Nobody runs code"],
  ])(
    "that may look is no secret of a flag's: the server says so when it starts (evalex %s)",
    (evalex, what) => {
      const log = new MemoryLog();
      const env = { HIGHBALL_DEBUG_PIN: "off" };
      const settings = { chdir: "/", env, evalex, trustedHost: [], debugRemote: true, editor: "none" };
      const debug = new Debugger({
        version: () => "",
        address: () => null,
        passesErrors: false,
        showsErrors: false,
      });
      const server = { version: () => "", serverNames: () => [], console: () => null };
      const { lock } = new OwnPages(settings as unknown as Settings, debug, server, log);
      expect(lock.pin.kind).toBe("off");
      expect(log.lines().join()).toContain("every machine that reaches this server sees errors");
      expect(log.lines().join()).toContain(what);
    },
  );

  it("is not unlocked by a PIN that is switched off", async () => {
    const debug = new DebugFixture({ debugRemote: true, pin: { kind: "off" } });
    const asking = { isLocal: false, remoteAddress: "10.0.0.9", host: "10.0.0.5:8000" };
    expect(await (await debug.get("session", asking)).json()).toMatchObject({ unlocked: false, token: null });
    expect(await (await debug.post("unlock", { pin: "" }, asking)).json()).toMatchObject({ unlocked: false });
  });
});

describe("a request that a proxy of this machine passes on", () => {
  const verdict = {
    target: { path: `${PREFIX}session`, query: "" },
    host: "localhost:8000",
    origin: { remoteAddress: "127.0.0.1", remotePort: 1, scheme: "http" },
  } as Accepted;

  it.each([
    ["Forwarded", "for=10.0.0.9"],
    ["X-Real-IP", "10.0.0.9"],
    ["X-Forwarded-For", "unknown"],
  ])("is another machine's, also for --debug-remote without a PIN: %s: %s", async (...header) => {
    const debug = new DebugFixture({ debugRemote: true, pin: { kind: "off" } });
    const request = { method: "GET", rawHeaders: header } as unknown as GatewayRequest;
    const answer = await debug.ask(visitOfGateway({ request, verdict, body: null }, true));
    expect(answer.json()).toMatchObject({ unlocked: false, token: null });
  });
});

describe("wrong PINs that a proxy of this machine passes on", () => {
  it("keep nobody of this machine waiting", async () => {
    const debug = new DebugFixture({ debugRemote: true });
    const passedOn = { isLocal: false, remoteAddress: "127.0.0.1" };
    for (let guess = 0; guess < 8; guess += 1) {
      debug.seconds += 1;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await debug.post("unlock", { pin: "000-000-000" }, passedOn);
    }
    expect((await debug.post("unlock", { pin: PIN }, passedOn)).json()).toMatchObject({ unlocked: false });
    expect((await debug.post("unlock", { pin: PIN })).status).toBe(200);
  });
});

describe("a page of another origin", () => {
  it.each(["cross-site", "same-site", "SAME-SITE", "", "nonsense"])(
    "is refused by Sec-Fetch-Site: %s",
    async (site) => {
      expect(await statusFor({ headers: [["Sec-Fetch-Site", site]] })).toBe(403);
    },
  );

  it.each(["same-origin", "none"])("is none where Sec-Fetch-Site is %s", async (site) => {
    expect(await statusFor({ headers: [["Sec-Fetch-Site", site]] })).toBe(200);
  });

  it("does not pass by a second field", async () => {
    const headers: Headers = [
      ["Sec-Fetch-Site", "same-origin"],
      ["sec-fetch-site", "cross-site"],
    ];
    expect(await statusFor({ headers })).toBe(403);
  });

  it.each([
    "http://evil.example",
    "null",
    "http://localhost",
    "http://localhost:8001",
    "https://localhost:8000",
    "localhost:8000",
    "file://",
    "chrome-extension://abc",
    "http://127.0.0.1:8000",
    "",
  ])("is refused by Origin: %s, at http://localhost:8000", async (origin) => {
    expect(await statusFor({ headers: [["Origin", origin]] })).toBe(403);
  });

  it.each([
    ["http://localhost:8000", "localhost:8000", "http"],
    ["http://localhost:8000", "LOCALHOST:8000", "http"],
    ["http://localhost", "localhost:80", "http"],
    ["https://localhost", "localhost", "https"],
    ["http://[::1]:8000", "[::1]:8000", "http"],
  ])("is none where Origin is %s at %s", async (origin, host, scheme) => {
    expect(await statusFor({ headers: [["Origin", origin]], host, scheme })).toBe(200);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", null])(
    "cannot send what browsers send unasked: Content-Type %s",
    async (type) => {
      const debug = new DebugFixture();
      const headers: Headers = type === null ? [] : [["Content-Type", type]];
      const answer = await debug.ask(visitOf("POST", "unlock", { headers, body: { pin: PIN } }));
      expect([answer.status, answer.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    },
  );

  it("is told nothing by CORS: OPTIONS is no method here, and no answer lets another origin read", async () => {
    const debug = new DebugFixture();
    const headers: Headers = [["Access-Control-Request-Method", "POST"]];
    const answer = await debug.ask(visitOf("OPTIONS", "unlock", { headers }));
    expect([answer.status, answer.fields.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect([...answer.fields.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("has the cookie, as pages of other ports do, and can do nothing with it", async () => {
    const debug = new DebugFixture();
    const [cookie] = await unlock(debug);
    const [, other] = await unlock(debug);
    if (cookie === undefined || other === undefined) throw new Error("not unlocked");
    expect((await debug.post("console/evaluate", { code: "1" }, { headers: [cookie] })).code).toBe("LOCKED");
    // The token alone neither, nor with another browser's cookie.
    expect((await debug.post("console/evaluate", { code: "1" }, { headers: [other] })).code).toBe("LOCKED");
    expect((await debug.post("console/evaluate", { code: "1" }, { headers: [cookie, other] })).code).toBe(
      "LOCKED",
    );
    expect(debug.debuggee.asked).toEqual([]);
  });
});

describe("clickjacking, sniffing and leaking", () => {
  it("have nothing to work with, whatever the answer is", async () => {
    const debug = new DebugFixture();
    debug.errors.push(errorRecord(error({ frames: [dividing] })));
    const page: Headers = [["Accept", "text/html"]];
    const answers = await Promise.all([
      debug.get("errors"),
      debug.get("errors", { headers: page }),
      debug.get("errors/7", { headers: page }),
      debug.get("errors/7?format=text"),
      debug.get("console"),
      debug.get("unlock"),
      debug.get("session"),
      debug.get("nothing", { headers: page }),
      debug.get("errors", { host: "evil.example" }),
      debug.post("unlock", { pin: PIN }),
      debug.post("unlock", { pin: "0" }),
      debug.post("console/evaluate", { code: "1" }),
    ]);
    for (const { fields, answer } of answers) {
      expect(fields.get("x-frame-options")).toBe("DENY");
      expect(fields.get("content-security-policy")).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(fields.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(fields.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(fields.get("referrer-policy")).toBe("no-referrer");
      expect(answer.content?.cacheControl).toBe("no-store");
    }
  });
});

describe("the token", () => {
  it("is needed by every POST but unlock", async () => {
    const debug = new DebugFixture();
    debug.errors.push(
      errorRecord(error({ frames: [{ ...dividing, id: "f1" }] }), { debuggee: debug.debuggee }),
    );
    debug.requests.push(requestRecord());
    for (const target of [
      "errors/7/frames/f1/evaluate",
      "errors/7/frames/f1/complete",
      "evaluations/1/interrupt",
      "console/evaluate",
      "console/complete",
      "requests/12/replay",
    ]) {
      for (const headers of [[], [["X-Highball-Token", ""]], [["X-Highball-Token", "wrong"]]] as Headers[]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const answer = await debug.post(target, { code: "1" }, { headers });
        expect([target, answer.status, answer.code]).toEqual([target, 403, "LOCKED"]);
      }
    }
    expect([debug.debuggee.asked, debug.replayed]).toEqual([[], []]);
  });

  it("of scripts suffices alone; twice is none", async () => {
    const debug = new DebugFixture();
    expect((await debug.command("console/evaluate", { code: "1" })).status).toBe(200);
    const twice: Headers = [["X-Highball-Token", debug.lock.scriptToken]];
    expect((await debug.command("console/evaluate", { code: "1" }, { headers: twice })).code).toBe("LOCKED");
  });

  it("is not another server's", async () => {
    const headers = await unlock(new DebugFixture());
    expect((await new DebugFixture().post("console/evaluate", { code: "1" }, { headers })).code).toBe(
      "LOCKED",
    );
  });

  it("lets nobody evaluate with --no-evalex, and lets one look and replay", async () => {
    const debug = new DebugFixture({ evaluates: false });
    debug.requests.push(requestRecord());
    expect((await debug.command("console/evaluate", { code: "1" })).code).toBe("EVALUATION_OFF");
    expect((await debug.command("console/complete", { code: "1" })).code).toBe("EVALUATION_OFF");
    expect((await debug.command("requests/12/replay", {})).status).toBe(200);
    expect((await debug.get("errors")).status).toBe(200);
    expect((await debug.get("session")).json()).toMatchObject({ evaluates: false });
  });
});
