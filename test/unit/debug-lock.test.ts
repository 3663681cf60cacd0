/** How a browser is unlocked, and how nobody else gets in or keeps it out. */
import { describe, expect, it } from "vitest";
import { type Answered, type Asking, DebugFixture, PIN } from "../support/debug-visits.ts";

const wrong = { pin: "000-000-000" };

async function evaluates(
  debug: DebugFixture,
  cookie: string,
  token: string,
  given: Asking = {},
): Promise<boolean> {
  const headers = [["Cookie", cookie] as const, ["X-Highball-Token", token] as const];
  return (await debug.post("console/evaluate", { code: "1" }, { ...given, headers })).status === 200;
}

/** What a browser sends that was unlocked. */
function browser({ cookie, token }: Answered): NonNullable<Asking["headers"]> {
  return [
    ["Cookie", cookie],
    ["X-Highball-Token", token],
  ];
}

function ticketOf(link: string): string {
  return link.slice(link.indexOf("#") + 1);
}

describe("unlocking", () => {
  it("by the PIN gives a cookie that no script and no other site gets, and a token", async () => {
    const debug = new DebugFixture();
    const answer = await debug.post("unlock", { pin: "314159265" });
    expect(answer.json()).toEqual({ unlocked: true, token: expect.stringMatching(/^[\w-]{43}$/) });
    expect(answer.fields.get("set-cookie")).toMatch(
      /^highball_debugger_8000=[\w-]{43}; Path=\/__highball__\/; HttpOnly; SameSite=Strict$/,
    );
    expect(await evaluates(debug, answer.cookie, answer.token)).toBe(true);
    const headers = browser(answer);
    expect((await debug.get("session", { headers })).json()).toEqual({
      unlocked: true,
      evaluates: true,
      token: answer.token,
    });
  });

  it("is nothing that a script needs: its token says so", async () => {
    const debug = new DebugFixture();
    const token = debug.lock.scriptToken;
    const answer = await debug.get("session", { headers: [["X-Highball-Token", token]] });
    expect(answer.json()).toEqual({ unlocked: true, evaluates: true, token });
    expect(answer.cookie).toBe("");
  });

  it("is not by the cookie, which browsers send to the programs of every port: it says no token to who has it", async () => {
    const debug = new DebugFixture();
    const { cookie } = await debug.post("unlock", { pin: PIN });
    const headers = [["Cookie", cookie] as const];
    const locked = { unlocked: false, token: null };
    expect((await debug.get("session", { headers })).json()).toMatchObject(locked);
    const wrongToken = [...headers, ["X-Highball-Token", "wrong"] as const];
    expect((await debug.get("session", { headers: wrongToken })).json()).toMatchObject(locked);
    for (const key of [wrong, { ticket: "made up" }]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await debug.post("unlock", key, { headers });
      expect([answer.status, answer.token]).toEqual([403, ""]);
    }
  });

  it("by a browser that has lost its token keeps the session of its other tabs", async () => {
    const debug = new DebugFixture();
    const first = await debug.post("unlock", { pin: PIN });
    const again = await debug.post("unlock", { pin: PIN }, { headers: [["Cookie", first.cookie]] });
    expect([again.cookie, again.token]).toEqual([first.cookie, first.token]);
  });

  it("is for one port, as the browser sees it, and over TLS for TLS", async () => {
    const debug = new DebugFixture();
    const names = await Promise.all(
      [{ host: "localhost:8001" }, { host: "localhost" }, { host: "localhost", scheme: "https" }].map(
        async (given) => (await debug.post("unlock", { pin: PIN }, given)).fields.get("set-cookie") ?? "",
      ),
    );
    expect(names.map((field) => field.split("=")[0])).toEqual([
      "highball_debugger_8001",
      "highball_debugger_80",
      "highball_debugger_443",
    ]);
    expect(names.map((field) => field.endsWith("; Secure"))).toEqual([false, false, true]);
  });

  it("is not undone by a cookie of the same name that another port has set", async () => {
    const debug = new DebugFixture();
    const { cookie, token } = await debug.post("unlock", { pin: PIN });
    const name = cookie.split("=")[0] ?? "";
    expect(await evaluates(debug, `a=b; ${name}=evil; ${cookie}`, token)).toBe(true);
    expect(await evaluates(debug, `${name}=evil`, token)).toBe(false);
  });

  it("by a link works once, and for the same browser it goes on", async () => {
    const debug = new DebugFixture();
    const link = debug.lock.unlockLink("http://localhost:8000/");
    expect(link).toMatch(/^http:\/\/localhost:8000\/__highball__\/unlock#[\w-]{24}$/);
    const ticket = ticketOf(link);
    const first = await debug.post("unlock", { ticket });
    expect(await evaluates(debug, first.cookie, first.token)).toBe(true);
    const again = await debug.post("unlock", { ticket });
    expect([again.status, again.json()]).toMatchObject([403, { unlocked: false, wait: 0 }]);
    const headers = browser(first);
    expect((await debug.post("unlock", { ticket }, { headers })).token).toBe(first.token);
  });

  it("is not by a ticket in the place of a PIN, or by what was made up", async () => {
    const debug = new DebugFixture();
    const ticket = ticketOf(debug.lock.unlockLink("http://localhost"));
    expect((await debug.post("unlock", { pin: ticket })).status).toBe(403);
    expect((await debug.post("unlock", { ticket: PIN })).status).toBe(403);
    expect((await debug.post("unlock", { ticket: "" })).status).toBe(403);
  });

  it.each([
    {},
    { pin: 1 },
    { pin: PIN, ticket: "a" },
    { pin: PIN, more: 1 },
    [],
    null,
    "{",
    "",
    { pin: "1".repeat(101) },
  ])("is not by %j", async (body) => {
    const answer = await new DebugFixture().post("unlock", body);
    expect([answer.status, answer.code]).toEqual([400, "BAD_REQUEST"]);
  });
});

describe("somebody who tries PINs", () => {
  it("has to wait, and a right one does not count meanwhile", async () => {
    const debug = new DebugFixture();
    for (let guess = 0; guess < 5; guess += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await debug.post("unlock", wrong);
    }
    const waiting = await debug.post("unlock", { pin: PIN });
    expect([waiting.status, waiting.json()]).toMatchObject([403, { unlocked: false, wait: 1 }]);
    debug.seconds += 1;
    expect((await debug.post("unlock", { pin: PIN })).status).toBe(200);
  });

  it("gains nothing by asking at once: each guess is counted before the next is looked at", async () => {
    const debug = new DebugFixture();
    await Promise.all(Array.from({ length: 100 }, () => debug.post("unlock", wrong)));
    expect(debug.log.lines()).toHaveLength(5);
  });

  it("keeps out neither other clients, nor links, nor who is in", async () => {
    const debug = new DebugFixture({ debugRemote: true });
    const inside = await debug.post("unlock", { pin: PIN });
    const attacker = { remoteAddress: "127.0.0.1" };
    for (let guess = 0; guess < 10; guess += 1) {
      debug.seconds += 1;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await debug.post("unlock", wrong, attacker);
    }
    expect((await debug.post("unlock", { pin: PIN }, attacker)).json()).toMatchObject({ unlocked: false });
    expect((await debug.post("unlock", { pin: PIN }, { remoteAddress: "" })).status).toBe(200);
    const remote = { remoteAddress: "10.0.0.9", isLocal: false };
    expect((await debug.post("unlock", { pin: PIN }, remote)).status).toBe(200);
    const ticket = ticketOf(debug.lock.unlockLink("http://localhost"));
    expect((await debug.post("unlock", { ticket }, attacker)).status).toBe(200);
    expect(await evaluates(debug, inside.cookie, inside.token, attacker)).toBe(true);
    expect((await debug.command("console/evaluate", { code: "1" }, attacker)).status).toBe(200);
  });
});

describe("without a PIN", () => {
  it("a browser of this machine is unlocked when it asks, and keeps its session", async () => {
    const debug = new DebugFixture({ pin: { kind: "off" } });
    const first = await debug.get("session");
    expect(first.json()).toMatchObject({ unlocked: true });
    expect(await evaluates(debug, first.cookie, first.token)).toBe(true);
    const again = await debug.get("session", { headers: [["Cookie", first.cookie]] });
    expect([again.token, again.cookie]).toEqual([first.token, first.cookie]);
  });

  it("a page of another port is not", async () => {
    const debug = new DebugFixture({ pin: { kind: "off" } });
    expect((await debug.get("session", { headers: [["Sec-Fetch-Site", "same-site"]] })).status).toBe(403);
    expect((await debug.post("console/evaluate", { code: "1" })).code).toBe("LOCKED");
  });
});

describe("the log", () => {
  it("has neither PIN nor token nor ticket nor code", async () => {
    const debug = new DebugFixture();
    const ticket = ticketOf(debug.lock.unlockLink("http://localhost"));
    await debug.post("unlock", wrong);
    const { token, cookie } = await debug.post("unlock", { pin: PIN });
    await debug.post("unlock", { ticket });
    debug.debuggee.result = Promise.reject(new Error("the code was: secret_code()"));
    const answer = await debug.command("console/evaluate", { code: "secret_code()" });
    expect([answer.status, answer.code]).toEqual([500, "FAILED"]);
    const lines = debug.log.lines().join("\n");
    expect(lines).toContain("127.0.0.1");
    for (const secret of [PIN, "000-000-000", ticket, token, cookie, debug.lock.scriptToken, "secret_code"]) {
      expect(lines).not.toContain(secret);
      expect(answer.text).not.toContain(secret);
    }
  });
});
