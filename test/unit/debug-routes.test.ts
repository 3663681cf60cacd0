/** What is at the debugger's addresses. */
import { EventEmitter, once } from "node:events";
import { describe, expect, it } from "vitest";
import { DebugFixture } from "../support/debug-visits.ts";
import { dividing, error, errorRecord, exception, requestRecord } from "../support/error-models.ts";

/** With one error, whose frames are kept, and the request that it came of. */
function debugging(): DebugFixture {
  const debug = new DebugFixture();
  const cause = exception({ frames: [{ ...dividing, id: "c1" }] });
  const model = error({
    frames: [
      { ...dividing, id: "f1" },
      { ...dividing, id: "" },
    ],
    cause,
  });
  debug.errors.push(errorRecord(model, { debuggee: debug.debuggee }));
  debug.requests.push(requestRecord());
  return debug;
}

describe("errors", () => {
  it("are listed, newest first, in a few words", async () => {
    const debug = debugging();
    debug.errors.unshift(errorRecord(null, { id: 8, request: null, debuggee: null }));
    const answer = await debug.get("errors");
    expect(answer.type).toBe("application/json");
    expect(answer.json()).toEqual({
      errors: [
        expect.objectContaining({ id: 8, request: null, isGone: true }),
        {
          id: 7,
          at: Date.UTC(2026, 10, 20, 12, 0, 1),
          place: "request",
          title: debug.errors[1]?.title,
          request: { method: "POST", target: "/pay?coupon=tea&token=••••••(8–15)" },
          where: { file: "/home/me/shop/shop/cart.py", line: 14, function: "Cart.share" },
          pid: 4711,
          isGone: false,
        },
      ],
    });
  });

  it.each([
    ["errors/7", "", "application/json"],
    ["errors/7", "*/*", "application/json"],
    ["errors/7", "text/html,*/*;q=0.8", "text/html; charset=utf-8"],
    ["errors/7", "text/plain", "text/plain; charset=utf-8"],
    ["errors/7", "text/markdown", "text/markdown; charset=utf-8"],
    ["errors/7?format=markdown", "text/html", "text/markdown; charset=utf-8"],
    ["errors/7?format=text", "", "text/plain; charset=utf-8"],
    ["errors/7?format=html", "", "text/html; charset=utf-8"],
    ["errors/7?format=json", "text/html", "application/json"],
    ["errors", "text/html", "text/html; charset=utf-8"],
    ["requests", "text/html", "text/html; charset=utf-8"],
    ["requests/12", "text/html", "text/html; charset=utf-8"],
    ["console", "", "text/html; charset=utf-8"],
    ["unlock", "", "text/html; charset=utf-8"],
  ])("%s for Accept %j is %s", async (target, accept, type) => {
    const answer = await debugging().get(target, { headers: accept === "" ? [] : [["Accept", accept]] });
    expect([answer.status, answer.type]).toEqual([200, type]);
    expect(answer.answer.isRoutine).toBe(true);
  });

  it("are told whole, but for secrets and for what holds their frames", async () => {
    const answer = await debugging().get("errors/7");
    const { error: told } = answer.json() as { error: Record<string, unknown> };
    expect(told).toMatchObject({ id: 7, isGone: false, output: ["loading prices", "share of 0 people"] });
    expect(told).toHaveProperty("model.exception.cause.frames.0.id", "c1");
    expect(told).toHaveProperty("request.contentType", "application/x-www-form-urlencoded");
    expect(told).not.toHaveProperty("debuggee");
    expect(answer.text).not.toContain("t0psecret");
  });

  it("reach no page and no text with the secrets of their request", async () => {
    const debug = debugging();
    const headers = [["Accept", "text/html"] as const];
    for (const target of [
      "errors",
      "errors/7",
      "requests",
      "requests/12",
      "errors/7?format=text",
      "errors/7?format=markdown",
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await debug.get(target, { headers });
    }
    expect(debug.rendered).toHaveLength(6);
    expect(debug.rendered.join("\n")).not.toContain("t0psecret");
  });

  it("have no other format, and say which there are", async () => {
    const answer = await debugging().get("errors/7?format=xml");
    expect([answer.status, answer.code]).toEqual([400, "BAD_REQUEST"]);
    expect(answer.text).toContain("?format=markdown");
  });
});

function hintOf({ text }: { readonly text: string }): unknown {
  return (JSON.parse(text) as { error: { hint: unknown } }).error.hint;
}

describe("an address", () => {
  it.each([
    "",
    "nothing",
    "errors/8",
    "errors/07",
    "errors/7.0",
    "errors/0x7",
    "errors/-7",
    "errors/",
    "errors/7/",
    "errors/../errors/7",
    "errors/7/../../secret",
    "errors/%37",
    "errors/9007199254740993",
    "errors/7\0",
    "Errors",
    "errors//7",
    "session/x",
    "unlock/x",
    "requests/13",
    "requests/12/x",
    "errors/__proto__",
  ])("%j is none", async (target) => {
    const answer = await debugging().get(target);
    expect([answer.status, answer.code]).toEqual([404, "NOT_FOUND"]);
  });

  it.each([
    "errors/7/frames/f2/evaluate",
    "errors/7/frames//evaluate",
    "errors/7/frames/console/evaluate",
    "errors/8/frames/f1/evaluate",
    "errors/7/frames/f1/erase",
    "errors/7/frames/f1/evaluate/x",
    "errors/7/frames/../f1/evaluate",
    "evaluations/1/interrupt",
    "evaluations/x/interrupt",
    "requests/13/replay",
    "requests/x/replay",
    "console/erase",
  ])("%j is none for a command", async (target) => {
    const debug = debugging();
    const answer = await debug.command(target, target.endsWith("evaluate") ? { code: "1" } : {});
    expect([answer.status, answer.code]).toEqual([404, "NOT_FOUND"]);
    expect(debug.debuggee.asked).toEqual([]);
  });

  it.each([
    ["errors", "GET, HEAD"],
    ["errors/7", "GET, HEAD"],
    ["requests", "GET, HEAD"],
    ["session", "GET, HEAD"],
  ])("%s has %s only", async (target, allow) => {
    const answer = await debugging().command(target, {});
    expect([answer.status, answer.code, answer.fields.get("allow")]).toEqual([
      405,
      "METHOD_NOT_ALLOWED",
      allow,
    ]);
  });

  it("that is asked in the wrong way says how to", async () => {
    const debug = debugging();
    expect(hintOf(await debug.command("errors/7", {}))).toBe("Ask for it with GET.");
    expect(hintOf(await debug.get("errors/7/frames/f1/evaluate"))).toBe(
      "Send it with POST, as JSON (Content-Type: application/json), with the header X-Highball-Token.",
    );
    // What a program of the same user needs to know, and nobody else can make use of.
    expect(hintOf(await debug.post("console/evaluate", { code: "1" }))).toContain(
      `server-${process.pid}.json below ~/.local/state/highball`,
    );
  });

  it("that does something is not to be got", async () => {
    const debug = debugging();
    const headers = [["X-Highball-Token", debug.lock.scriptToken] as const];
    for (const target of ["errors/7/frames/f1/evaluate?code=1", "console/evaluate", "requests/12/replay"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await debug.get(target, { headers })).status).toBe(405);
    }
    expect([debug.debuggee.asked, debug.replayed]).toEqual([[], []]);
  });

  it("of those that follow the code is theirs", () => {
    const { routes } = debugging();
    for (const path of ["/__highball__/events", "/__highball__/refresh.js", "/errors"]) {
      const visit = { method: "GET", path, query: "", scheme: "http", host: "localhost", isLocal: true };
      expect(
        routes.respond({ ...visit, remoteAddress: "", rawHeaders: [], body: Buffer.alloc(0) }),
      ).toBeNull();
    }
  });

  it("that is refused tells people in words, and programs in JSON", async () => {
    const debug = debugging();
    const html = { headers: [["Accept", "text/html"]] } as const;
    const missing = await debug.get("errors/8", html);
    expect([missing.status, missing.type]).toEqual([404, "text/html; charset=utf-8"]);
    expect(debug.rendered.at(-1)).toContain("Error 8 is not kept, or there was none.");
    const refused = await debug.get("errors/7?format=pdf", html);
    expect([refused.status, refused.type]).toEqual([400, "text/plain; charset=utf-8"]);
    expect(refused.text).toContain("The query asks for a format that there is not.\n\nAsk for ?format=json");
    // Who may not look gets no page of ours at all.
    const foreign = await debug.get("errors/8", { ...html, host: "evil.example" });
    expect([foreign.status, foreign.type]).toEqual([403, "text/plain; charset=utf-8"]);
  });
});

describe("code", () => {
  it("runs in the frame that is named, of any exception of the error", async () => {
    const debug = debugging();
    const answer = await debug.command("errors/7/frames/f1/evaluate", { code: "1 + 1" });
    expect(answer.json()).toMatchObject({
      status: "done",
      value: { text: "2" },
      evaluation: expect.any(Number),
    });
    await debug.command("errors/7/frames/c1/evaluate", { code: "x" });
    await debug.command("console/evaluate", { code: "y" });
    expect(debug.debuggee.asked).toEqual([
      ["f1", "1 + 1"],
      ["c1", "x"],
      ["console", "y"],
    ]);
  });

  it("is completed", async () => {
    const debug = debugging();
    expect((await debug.command("errors/7/frames/f1/complete", { code: "pre" })).json()).toEqual({
      completions: ["preped"],
    });
    expect((await debug.command("console/complete", { code: "up" })).json()).toEqual({
      completions: ["upped"],
    });
  });

  it("can be interrupted by the number that its client has chosen, while it runs", async () => {
    const debug = debugging();
    const end = new EventEmitter();
    debug.debuggee.result = once(end, "end").then(() => ({ status: "incomplete" }));
    const running = debug.command("errors/7/frames/f1/evaluate", { code: "loop()", evaluation: 4711 });
    const second = await debug.command("console/evaluate", { code: "1", evaluation: 4711 });
    expect([second.status, second.code]).toEqual([409, "IN_USE"]);
    expect((await debug.command("evaluations/4711/interrupt", {})).status).toBe(204);
    expect(debug.debuggee.interrupted).toBe(1);
    end.emit("end");
    expect((await running).json()).toEqual({ status: "incomplete", evaluation: 4711 });
    expect((await debug.command("evaluations/4711/interrupt", {})).status).toBe(404);
  });

  it("is not waited for for ever", async () => {
    const debug = debugging();
    debug.debuggee.result = Promise.resolve({ status: "unanswered", seconds: 40 });
    const { status, code, text } = await debug.command("errors/7/frames/f1/evaluate", { code: "9**9**8" });
    expect([status, code]).toEqual([504, "UNANSWERED"]);
    expect(text).toContain("has not answered for 40 s");
  });

  it("does not run where the frames are gone: before, and while it is asked for", async () => {
    const debug = debugging();
    debug.debuggee.result = Promise.resolve({ status: "gone", reason: "The process has ended." });
    const meanwhile = await debug.command("errors/7/frames/f1/evaluate", { code: "1" });
    expect([meanwhile.status, meanwhile.code]).toEqual([409, "GONE"]);
    expect(meanwhile.text).toContain("The process has ended.");
    debug.debuggee.isGone = true;
    expect((await debug.command("errors/7/frames/f1/evaluate", { code: "1" })).code).toBe("GONE");
    expect((await debug.command("console/evaluate", { code: "1" })).code).toBe("GONE");
    debug.console = null;
    expect((await debug.command("console/complete", { code: "1" })).code).toBe("GONE");
    expect(debug.debuggee.asked).toHaveLength(1);
    expect((await debug.get("errors/7")).json()).toMatchObject({ error: { isGone: true } });
  });

  it.each([
    {},
    { code: 1 },
    { code: "1", evaluation: 0 },
    { code: "1", evaluation: "2" },
    { code: "1", x: 1 },
    [],
    "1",
    "{",
  ])("is not what cannot be read: %j", async (body) => {
    const debug = debugging();
    const answer = await debug.command("console/evaluate", body);
    expect([answer.status, answer.code]).toEqual([400, "BAD_REQUEST"]);
    expect(debug.debuggee.asked).toEqual([]);
  });

  it("is not what is no UTF-8, or longer than any code", async () => {
    const debug = debugging();
    const visit = {
      method: "POST",
      path: "/__highball__/console/evaluate",
      query: "",
      scheme: "http",
      isLocal: true,
    };
    const headers = ["Content-Type", "application/json", "X-Highball-Token", debug.lock.scriptToken];
    const body = Buffer.from([...Buffer.from('{"code": "'), 0xff, ...Buffer.from('"}')]);
    const latin = { ...visit, host: "localhost", remoteAddress: "", rawHeaders: headers, body };
    expect((await debug.ask(latin)).status).toBe(400);
    expect((await debug.command("console/evaluate", { code: "x".repeat(100_001) })).status).toBe(413);
  });
});

describe("requests", () => {
  it("are listed and told, their secrets masked", async () => {
    const debug = debugging();
    expect((await debug.get("requests")).json()).toEqual({
      requests: [
        {
          id: 12,
          at: Date.UTC(2026, 10, 20, 12, 0, 0),
          method: "POST",
          target: "/pay?coupon=tea&token=••••••(8–15)",
          status: 500,
          duration: 12.4,
          error: 7,
          replayOf: null,
        },
      ],
    });
    const answer = await debug.get("requests/12");
    expect(answer.json()).toMatchObject({
      request: { id: 12, body: "people=&card=4111111111111111", bodyIsCut: false },
    });
    expect(answer.text).not.toContain("t0psecret");
  });

  it("are told without a body that is no text", async () => {
    const debug = debugging();
    debug.requests.push(requestRecord({ id: 13, body: Buffer.from([0xff, 0]), bodySize: 2 }));
    expect((await debug.get("requests/13")).json()).toMatchObject({ request: { body: null, bodySize: 2 } });
  });

  it("are told to the microsecond", async () => {
    const debug = debugging();
    debug.requests.push(requestRecord({ id: 13, duration: 3.7535159999999905 }));
    expect((await debug.get("requests/13")).json()).toMatchObject({ request: { duration: 3.754 } });
    expect((await debug.get("requests")).text).toContain('"duration":3.754,');
  });

  it("are sent again, as often as one likes", async () => {
    const debug = debugging();
    const answer = await debug.command("requests/12/replay", {});
    expect(answer.json()).toMatchObject({ request: 99, status: 200, error: null, duration: 12 });
    await debug.command("requests/12/replay", "");
    expect(debug.replayed).toEqual([12, 12]);
  });

  it("tell what they were answered, without its secrets", async () => {
    const debug = debugging();
    const answer = await debug.command("requests/12/replay", {});
    expect(answer.json()).toMatchObject({
      answer: {
        status: 200,
        reason: "OK",
        contentType: "application/json",
        headers: [
          ["Content-Type", "application/json"],
          ["Set-Cookie", "session=••••••(8–15); Path=/"],
        ],
        body: '{"share":2,"token":"••••••(8–15)"}',
        bodySize: 31,
      },
    });
    expect(answer.text).not.toContain("t0psecret");
  });

  it("of another run of the server are not those that a page of this one means", async () => {
    const debug = debugging();
    const earlier = { headers: [["X-Highball-Run", "earlier"]] } as const;
    const answers = await Promise.all([
      debug.command("requests/12/replay", {}, earlier),
      debug.command("errors/7/frames/f1/evaluate", { code: "1" }, earlier),
      debug.get("errors/7?format=markdown", earlier),
    ]);
    expect(answers.map(({ status, code }) => `${status} ${code}`)).toEqual(Array(3).fill("409 GONE"));
    expect([debug.replayed, debug.debuggee.asked]).toEqual([[], []]);
    // The lists, and the console without an error, are those of every run.
    expect((await debug.get("errors", earlier)).status).toBe(200);
    const current = { headers: [["X-Highball-Run", "run"]] } as const;
    expect((await debug.command("requests/12/replay", {}, current)).status).toBe(200);
  });

  it("are not sent again without the body that they had", async () => {
    const debug = debugging();
    debug.requests.push(requestRecord({ id: 13, body: null, bodySize: 2_000_000 }));
    const answer = await debug.command("requests/13/replay", {});
    expect([answer.status, answer.code]).toEqual([409, "GONE"]);
    expect(debug.replayed).toEqual([]);
  });
});
