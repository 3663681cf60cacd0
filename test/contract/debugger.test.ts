/** The debugger of a server with real workers: what becomes an error, who holds its frames, and for how long. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ErrorRecord } from "../../src/debug/error-record.ts";
import type { Debuggee, Evaluation } from "../../src/debuggee.ts";
import type { ErrorModel, FrameModel } from "../../src/error-model.ts";
import { serve, type Options, type Server } from "../../src/index.ts";
import { describeFramework, python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { Client, type Response } from "../support/http-client.ts";
import { stateOf } from "../support/processes.ts";

type Debugger = NonNullable<Server["debugger"]>;

interface Debugged {
  readonly server: Server;
  readonly debug: Debugger;
  readonly folder: string;
  readonly get: (path: string, ...headers: readonly string[]) => Promise<Response>;
  readonly send: (request: string) => Promise<Response>;
  readonly save: (name: string, text: string) => void;
}

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(app: string, settings: Options = {}): Promise<Debugged> {
  const folder = makeFolder({ "app.py": app });
  const server = await serve({
    chdir: folder,
    bind: ["127.0.0.1:0"],
    application: "app",
    workers: 1,
    threads: 2,
    python,
    mode: "development",
    reload: true,
    debug: true,
    refresh: false,
    accessLogfile: "none",
    errorLogfile: join(makeFolder(), "log"),
    ...settings,
  });
  servers.push(server);
  if (server.debugger === null) throw new Error("there is no debugger");
  const send = async (request: string): Promise<Response> => {
    const client = await Client.connect({ host: "127.0.0.1", port: server.port });
    try {
      client.send(request);
      return await client.response();
    } finally {
      client.destroy();
    }
  };
  return {
    server,
    debug: server.debugger,
    folder,
    send,
    get: (path, ...headers) =>
      send([`GET ${path} HTTP/1.1`, "Host: localhost", ...headers].join("\r\n") + "\r\n\r\n"),
    save: (name, text) => writeFileSync(join(folder, name), text),
  };
}

/** The newest error, once there is one of the place. */
async function errorAt(debug: Debugger, place: ErrorRecord["place"]): Promise<ErrorRecord> {
  await expect
    .poll(() => debug.errors.list().map((record) => record.place), { timeout: 15_000 })
    .toContain(place);
  const found = debug.errors.list().find((record) => record.place === place);
  if (found === undefined) throw new Error("it was there a moment ago");
  return found;
}

function frameOf({ model }: ErrorRecord, name: string): FrameModel {
  const found = framesOf(model).find((frame) => frame.function.endsWith(name));
  if (found === undefined) throw new Error(`no frame of ${name}`);
  return found;
}

function framesOf(model: ErrorModel | null): readonly FrameModel[] {
  return model?.exception.frames ?? [];
}

function holder({ debuggee }: ErrorRecord): Debuggee {
  if (debuggee === null) throw new Error("nobody holds its frames");
  return debuggee;
}

function evaluate(record: ErrorRecord, name: string, code: string): Promise<Evaluation> {
  return holder(record).evaluate(frameOf(record, name).id, code).result;
}

const APP = `
import os, sys, threading, time

def divide(total, people):
    return total / people

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/raise":
        print("about to divide")
        return [str(divide(10, len(environ["QUERY_STRING"]))).encode()]
    if path == "/abort":
        os.abort()
    if path == "/exit":
        threading.Timer(0, lambda: os._exit(7)).start()
        time.sleep(30)
    if path == "/thread":
        thread = threading.Thread(target=divide, args=(1, 0))
        thread.start()
        thread.join()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/stream":
        return stream()
    if path == "/close":
        return Closing()
    return [str(os.getpid()).encode()]

def stream():
    yield b"begun"
    divide(2, 0)

class Closing:
    def __iter__(self):
        return iter([b"all of it"])
    def close(self):
        divide(3, 0)
`;

describe("an error of a request", () => {
  it("has frames with variables, and code is evaluated in them", async () => {
    const { debug, get, server } = await start(APP);
    const response = await get("/raise");
    expect(response.status).toBe(500);
    const record = await errorAt(debug, "request");
    expect(record).toMatchObject({
      id: 1,
      title: "ZeroDivisionError: division by zero",
      pid: server.workerPids[0],
      request: { target: "/raise", status: 500, error: 1 },
      output: expect.arrayContaining([expect.stringContaining("about to divide")]) as unknown,
    });
    expect(record.traceback).toContain("ZeroDivisionError: division by zero");
    expect(framesOf(record.model).map((frame) => frame.function)).toEqual(["app", "divide"]);
    expect(frameOf(record, "divide").variables.map(({ name }) => name)).toEqual(["total", "people"]);
    expect(await evaluate(record, "divide", "total * 2")).toMatchObject({
      status: "done",
      value: { kind: "literal", text: "20" },
    });
    expect(await evaluate(record, "app", "print(path)")).toMatchObject({
      status: "done",
      output: "/raise\n",
    });
    expect(await holder(record).complete(frameOf(record, "divide").id, "peo")).toContain("people");
  });

  it("tells where its page is, in every type", async () => {
    const { get } = await start(APP);
    const text = await get("/raise", "Accept: */*");
    expect(text.text).toMatch(/^500 Internal Server Error, http:\/\/localhost\/__highball__\/errors\/1\n\n/);
    expect(text.text).toMatch(/people = 0\n[^]*\nZeroDivisionError: division by zero\n[^]*GET \/raise\n$/);
    const json = (await get("/raise", "Accept: application/json")).json();
    expect(json).toMatchObject({
      error: {
        code: "APPLICATION_RAISED",
        id: 2,
        url: "/__highball__/errors/2",
        traceback: expect.any(String) as unknown,
      },
    });
    const html = await get("/raise", "Accept: text/html");
    expect(html.text).toContain("ZeroDivisionError");
    expect(html.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("is Markdown for an issue, without what came as a secret", async () => {
    const { get } = await start(APP);
    await get("/raise", "Cookie: session=t0psecret-t0psecret");
    const { text } = await get("/__highball__/errors/1?format=markdown");
    expect(text).toMatch(/^### `?ZeroDivisionError: division by zero/);
    expect(text).not.toContain("t0psecret");
  });

  it("is told to nobody who came by a name that is not known, and is kept", async () => {
    const { debug, send } = await start(APP);
    const response = await send("GET /raise HTTP/1.1\r\nHost: rebound.example\r\nAccept: text/html\r\n\r\n");
    expect(response.status).toBe(500);
    expect(response.text).not.toMatch(/ZeroDivisionError|__highball__/);
    expect(debug.errors.list()).toHaveLength(1);
  });

  it("is gone when the code was loaded again, and says so", async () => {
    const { debug, get, save } = await start(APP);
    await get("/raise");
    const record = await errorAt(debug, "request");
    save("app.py", APP.replace('"/raise"', '"/mended"'));
    expect((await get("/raise")).status).toBe(200);
    await expect.poll(() => holder(record).isGone, { timeout: 15_000 }).toBe(true);
    expect(await evaluate(record, "divide", "total")).toMatchObject({ status: "gone" });
    expect(await debug.replay(1)).toMatchObject({ status: 200, error: null });
  });

  it("is held by the worker that it happened in, of several", async () => {
    const { debug, get, server } = await start(APP, { workers: 3, threads: 1 });
    await expect.poll(() => server.workerPids.length, { timeout: 15_000 }).toBe(3);
    await Promise.all(Array.from({ length: 12 }, () => get("/raise")));
    const records = debug.errors.list();
    expect(records).toHaveLength(12);
    const asked = records.map(async (record) => {
      const { variables } = frameOf(record, "app");
      expect(variables.length).toBeGreaterThan(0);
      return evaluate(record, "app", "os.getpid()");
    });
    for (const [index, evaluation] of (await Promise.all(asked)).entries()) {
      expect(evaluation).toMatchObject({ value: { text: String(records[index]?.pid) } });
    }
  });

  it("is evaluated while every thread of its worker is busy, and can be interrupted", async () => {
    const { debug, get } = await start(APP, { threads: 1 });
    await get("/raise");
    const record = await errorAt(debug, "request");
    const busy = holder(record).evaluate(frameOf(record, "divide").id, "while True: pass\n");
    expect(await evaluate(record, "divide", "people")).toMatchObject({ value: { text: "0" } });
    busy.interrupt();
    expect(await busy.result).toMatchObject({
      status: "done",
      error: { exception: { type: "KeyboardInterrupt" } },
    });
  });
});

describe("a page that was left open", () => {
  it("is of no other server, be it the next one of the same process", async () => {
    const [first, second] = await Promise.all([start(APP), start(APP)]);
    const page = await first.get("/raise", "Accept: text/html");
    await second.get("/raise");
    const [, run = ""] = /data-run="([^"]+)"/.exec(page.text) ?? [];
    const statuses = [first, second].map(async ({ get }) => {
      const { status } = await get("/__highball__/errors/1", `X-Highball-Run: ${run}`);
      return status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 409]);
  });
});

describe("a request with a body", () => {
  it("is sent again whole, also where bodies of its size go through a file otherwise", async () => {
    const { debug, send } = await start(APP, { bodyMemory: 1024 });
    const body = "x".repeat(5000);
    const head = ["POST / HTTP/1.1", "Host: localhost", `Content-Length: ${body.length}`];
    expect((await send(`${head.join("\r\n")}\r\n\r\n${body}`)).status).toBe(200);
    expect(await debug.replay(1)).toMatchObject({ request: 2, status: 200, error: null });
    expect(debug.requests.get(2)?.body?.toString()).toBe(body);
  });
});

describe("an error that no page shows", () => {
  it("of a streamed body is kept with its request", async () => {
    const { debug, server } = await start(APP);
    const client = await Client.connect({ host: "127.0.0.1", port: server.port });
    client.request("GET", "/stream");
    expect((await client.cut()).toString()).toBe("begun");
    client.destroy();
    const record = await errorAt(debug, "stream");
    expect(record).toMatchObject({ request: { target: "/stream", error: 1 } });
    expect(await evaluate(record, "divide", "total")).toMatchObject({ value: { text: "2" } });
    expect(debug.errors.list()).toHaveLength(1);
    expect(await debug.replay(record.request?.id ?? 0)).toMatchObject({ status: 200, error: 2 });
  });

  it("of close() is kept with its request, whose response is whole", async () => {
    const { debug, get } = await start(APP);
    expect((await get("/close")).text).toBe("all of it");
    const record = await errorAt(debug, "close");
    expect(record).toMatchObject({ request: { target: "/close" } });
    expect(await evaluate(record, "divide", "total")).toMatchObject({ value: { text: "3" } });
  });

  it("of a thread is kept", async () => {
    const { debug, get } = await start(APP);
    expect((await get("/thread")).status).toBe(200);
    const record = await errorAt(debug, "thread");
    expect(record.request).toBeNull();
    expect(await evaluate(record, "divide", "total")).toMatchObject({ value: { text: "1" } });
  });
});

describe("a worker that ends", () => {
  it("by a signal leaves its last stack", async () => {
    const { debug, get } = await start(APP);
    const response = await get("/abort");
    expect(response.status).toBe(502);
    const record = await errorAt(debug, "crash");
    expect(record.title).toContain("was killed by SIGABRT");
    expect(record.traceback).toMatch(/^Fatal Python error: Aborted/);
    expect(record.traceback).toMatch(/app\.py", line \d+ in app/);
    expect(record.request).toMatchObject({ target: "/abort", status: 502 });
  });

  it("of itself is an error, and its frames are gone with it", async () => {
    const { debug, get } = await start(APP);
    await get("/raise");
    const raised = await errorAt(debug, "request");
    await get("/exit");
    const record = await errorAt(debug, "crash");
    expect(record.title).toContain("exited with status 7");
    expect(stateOf(raised.pid)).toBeNull();
    expect(holder(raised).isGone).toBe(true);
    expect(await evaluate(raised, "divide", "total")).toMatchObject({ status: "gone" });
  });
});

describe("code that cannot be loaded", () => {
  it("is an error with a model, told once", async () => {
    const { debug, get, save } = await start(APP);
    save("app.py", "settings = {}\nname = settings['name']\n");
    expect((await get("/")).status).toBe(500);
    expect((await get("/", "Accept: text/html")).text).toContain("KeyError");
    const record = await errorAt(debug, "load");
    expect(record).toMatchObject({ title: "KeyError: 'name'", request: null });
    expect(framesOf(record.model).map(({ line }) => line)).toContain(2);
    expect(debug.errors.list()).toHaveLength(1);
  });

  it("because its import kills the process has the last stack", async () => {
    const errorLogfile = join(makeFolder(), "log");
    const { debug, get, save } = await start(APP, { errorLogfile, logLevel: "debug" });
    // A process that is started cold may be gone before it has been told where its stack goes.
    await expect.poll(() => readFileSync(errorLogfile, "utf8")).toContain("The zygote is ready");
    save("app.py", "import os\nos.abort()\n");
    expect((await get("/")).status).toBe(500);
    const record = await errorAt(debug, "load");
    expect(record.traceback).toMatch(/^Fatal Python error: Aborted/);
    expect(record.traceback).toMatch(/app\.py", line 2/);
  });
});

it("without --reload pages hear of errors, and of a reload that somebody asked for", async () => {
  const { debug, get, save, server } = await start(APP, { reload: false });
  const client = await Client.connect({ host: "127.0.0.1", port: server.port });
  client.send("GET /__highball__/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  let heard = "";
  client.socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  await expect.poll(() => heard).toContain('"status":"ready"');
  await get("/raise");
  await expect.poll(() => heard).toContain("event: error\ndata: ");
  expect(heard).toContain('{"id":1,"title":"ZeroDivisionError: division by zero","place":"request"}');
  save("app.py", "raise ValueError('no')\n");
  server.reload();
  expect(await errorAt(debug, "load")).toMatchObject({ title: "ValueError: no" });
  heard = "";
  save("app.py", APP);
  server.reload();
  await expect.poll(() => heard, { timeout: 15_000 }).toContain('"status":"ready"');
  client.destroy();
});

it("the code that serves has a console without an error", async () => {
  const { get, server } = await start(APP);
  const script = await get("/__highball__/session");
  expect(script.json()).toMatchObject({ unlocked: false, evaluates: true, token: null });
  expect(server.unlocking?.pin).toMatch(/^\d{3}-\d{3}-\d{3}$/);
  expect(server.unlocking?.link).toMatch(/\/__highball__\/unlock#[\w-]+$/);
});

it("without --debug there is no debugger, and the worker does nothing for one", async () => {
  const folder = makeFolder({
    "app.py": APP.replace("[str(os.getpid())", '[str([n for n in sys.modules if "debugger" in n])'),
  });
  const server = await serve({
    chdir: folder,
    bind: ["127.0.0.1:0"],
    application: "app",
    workers: 1,
    python,
    mode: "production",
    accessLogfile: "none",
    errorLogfile: join(makeFolder(), "log"),
  });
  servers.push(server);
  expect([server.debugger, server.unlocking]).toEqual([null, null]);
  const client = await Client.connect({ host: "127.0.0.1", port: server.port });
  expect((await client.fetch("GET", "/")).text).toBe("[]");
  client.destroy();
});

const FLASK = `
from flask import Flask, request, session, url_for

app = Flask(__name__)
app.secret_key = "s"

@app.route("/carts/<int:number>")
def cart(number):
    session["seen"] = number
    prices = {"tea": 3}
    return str(prices["coffee"])

@app.post("/people")
def person():
    return request.form["emial"]

@app.get("/misspelt")
def misspelt():
    number = 1
    return str(numbre)
`;

describeFramework("a Flask application", () => {
  it("has its context in every frame, after the request has ended", async () => {
    const { debug, get } = await start(FLASK);
    expect((await get("/carts/7?x=1")).status).toBe(500);
    const record = await errorAt(debug, "request");
    expect(record.title).toBe("KeyError: 'coffee'");
    expect(framesOf(record.model).filter(({ owner }) => owner === "library").length).toBeGreaterThan(3);
    expect(await evaluate(record, "cart", "request.args['x'], session['seen']")).toMatchObject({
      status: "done",
      error: null,
      value: { kind: "items", items: [{ value: { text: "'1'" } }, { value: { text: "7" } }] },
    });
    expect(await evaluate(record, "cart", "url_for('cart', number=8)")).toMatchObject({
      value: { text: "'/carts/8'" },
    });
  });

  it("that has misspelt a form's field or a name is told which one is there", async () => {
    const { debug, get, send } = await start(FLASK);
    const body = "email=ada%40example.com";
    const head = [
      "POST /people HTTP/1.1",
      "Host: localhost",
      "Content-Type: application/x-www-form-urlencoded",
      `Content-Length: ${body.length}`,
    ];
    await send(`${head.join("\r\n")}\r\n\r\n${body}`);
    const { model, title } = await errorAt(debug, "request");
    expect(title).toMatch(/ KeyError: 'emial'\. Did you mean: 'email'\?$/);
    expect(model?.exception.message).toMatch(/\nKeyError: 'emial'\. Did you mean: 'email'\?$/);
    const answer = await get("/misspelt", "Accept: application/json");
    expect(JSON.parse(answer.text)).toMatchObject({
      error: { message: "NameError: name 'numbre' is not defined. Did you mean: 'number'?" },
    });
  });
});
