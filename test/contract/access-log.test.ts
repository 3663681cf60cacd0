import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { apps } from "../support/environment.ts";
import { Client } from "../support/http-client.ts";
import { Stage } from "../support/stage.ts";

let folder = "";
let server: Server;
let stage: Stage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "highball-access-"));
  stage = await Stage.open();
  server = await serve({
    application: "contract:app",
    chdir: apps,
    bind: ["127.0.0.1:0"],
    workers: 1,
    threads: 2,
    limitRequestBody: 10,
    accessLogfile: join(folder, "access.log"),
    accessLogformat: '%(m)s %(U)s "%(r)s" %(s)s %(B)s %(p)s %(D)s "%({x-probe}i)s" "%({content-type}o)s"',
    errorLogfile: join(folder, "error.log"),
    env: { STAGE: stage.path },
  });
});

afterAll(async () => {
  await server.close();
  await stage.close();
  await rm(folder, { recursive: true });
});

function connect(): Promise<Client> {
  return Client.connect({ host: "127.0.0.1", port: server.port });
}

/** The line of the request whose X-Probe or target has this word, once it is there. */
async function line(word: string): Promise<string> {
  let found = "";
  await expect
    .poll(async () => {
      const text = await readFile(join(folder, "access.log"), "utf8").catch(() => "");
      found = text.split("\n").find((each) => each.includes(word)) ?? "";
      return found;
    })
    .not.toBe("");
  return found;
}

describe("the access log", () => {
  it("has the bytes of the body, the worker and the time of a response", async () => {
    const client = await connect();
    const { text } = await client.fetch("GET", "/hello?a=b", { headers: ["X-Probe: plain"] });
    const [, size, pid, microseconds] = /200 (\d+) <?(\d+)>? (\d+) "plain"/.exec(await line('"plain"')) ?? [];
    expect(Number(size)).toBe(Buffer.byteLength(text));
    expect(server.workerPids).toContain(Number(pid));
    expect(Number(microseconds)).toBeGreaterThan(0);
  });

  it("counts nothing for HEAD", async () => {
    await (await connect()).fetch("HEAD", "/hello", { headers: ["X-Probe: head"] });
    expect(await line('"head"')).toMatch(/^HEAD \/hello "HEAD \/hello HTTP\/1\.1" 200 0 /);
  });

  it("counts the bytes of the gateway's own answers", async () => {
    const { text } = await (
      await connect()
    ).fetch("GET", "/mistakes/raises", { headers: ["X-Probe: raises"] });
    expect(await line('"raises"')).toContain(` 500 ${Buffer.byteLength(text)} `);
  });

  it("has the requests that were refused", async () => {
    const client = await connect();
    await client.fetch("POST", "/hello", { headers: ["X-Probe: large"], body: "more than ten bytes" });
    expect(await line('"large"')).toContain(" 413 ");
    const other = await connect();
    other.socket.write("GET /refused HTTP/3.0\r\nHost: a\r\n\r\n");
    expect((await other.rest()).toString()).toContain("HTTP/1.1 505 ");
    expect(await line(" 505 ")).toContain(" 505 ");
  });

  it("has the requests whose client left, as 499", async () => {
    const client = await connect();
    client.request("GET", "/streaming/hold?left", { headers: ["X-Probe: left"] });
    await stage.reached("left");
    client.socket.destroy();
    expect(await line('"left"')).toContain(" 499 0 ");
    stage.cue("left");
  });
});
