import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HighballError, runSimple, serve, type Server } from "../../src/index.ts";
import { apps, repository } from "../support/environment.ts";
import { Client } from "../support/http-client.ts";

const run = promisify(execFile);
const started: Server[] = [];
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "highball-api-"));
  await writeFile(
    join(folder, "myproject.py"),
    "def app(environ, start_response):\n" +
      "    start_response('200 OK', [('Content-Type', 'text/plain')])\n" +
      "    return [('%s %s' % (environ['wsgi.multithread'], environ['wsgi.multiprocess'])).encode()]\n",
  );
});

afterAll(async () => {
  await Promise.all(started.map((server) => server.close()));
  await rm(folder, { recursive: true });
});

function keep(server: Server): Server {
  started.push(server);
  return server;
}

async function get(server: Server): Promise<string> {
  return (await fetch(server.url)).text();
}

describe("serve", () => {
  it("resolves to a server that answers at its url, and ends with close", async () => {
    const server = await serve({ application: "hello:app", chdir: apps, bind: ["127.0.0.1:0"], workers: 1 });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(server.application).toBe("hello:app");
    expect(server.python).toMatch(/^(Python|PyPy) \d/);
    expect(await get(server)).toContain("Hello");
    await server.close();
    await server.close(); // as often as one likes
    await expect(server.finished).resolves.toBe(0);
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  });

  it("rejects with a code when the application cannot be found", async () => {
    const failed = serve({ application: "nothing_here:app", chdir: apps, bind: ["127.0.0.1:0"] });
    await expect(failed).rejects.toBeInstanceOf(HighballError);
    await expect(failed).rejects.toMatchObject({ code: "APPLICATION_NOT_FOUND", exitCode: 4 });
  });

  it("installs no signal handlers: they are the program's", async () => {
    const before = process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
    keep(await serve({ application: "hello:app", chdir: apps, bind: ["127.0.0.1:0"], workers: 1 }));
    expect(process.listenerCount("SIGINT") + process.listenerCount("SIGTERM")).toBe(before);
  });
});

describe("runSimple", () => {
  it("takes Werkzeug's parameters in Werkzeug's order", async () => {
    const single = keep(await runSimple("127.0.0.1", 0, "myproject:app", { chdir: folder }));
    expect(await get(single)).toBe("False False");
    const threaded = keep(
      await runSimple("127.0.0.1", 0, "myproject:app", { chdir: folder, threaded: true }),
    );
    expect(await get(threaded)).toBe("True False");
    const processes = keep(await runSimple("127.0.0.1", 0, "myproject:app", { chdir: folder, processes: 2 }));
    expect(await get(processes)).toBe("False True");
  });

  it("takes a Unix socket as unix://PATH", async () => {
    const path = join(folder, "simple.sock");
    const server = await runSimple(`unix://${path}`, 0, "myproject:app", { chdir: folder });
    const client = await Client.connect({ path });
    expect((await client.fetch("GET", "/")).status).toBe(200);
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  it("takes an IPv6 address without brackets", async () => {
    const server = keep(await runSimple("::1", 0, "myproject:app", { chdir: folder }));
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect((await fetch(server.url)).status).toBe(200);
  });

  it("refuses what Werkzeug refuses, with the same words", async () => {
    const port = "5000" as unknown as number;
    await expect(runSimple("localhost", port, "myproject:app")).rejects.toThrow(
      new TypeError("port must be an integer"),
    );
    const both = runSimple("localhost", 0, "myproject:app", { threaded: true, processes: 2 });
    await expect(both).rejects.toThrow("Cannot have a multi-thread and multi-process server.");
  });
});

describe("the examples in the documentation of the API", () => {
  const source = readFileSync(join(repository, "src", "index.ts"), "utf8");
  const examples = [...source.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) =>
    code.replaceAll(/^ \* ?/gm, ""),
  );

  it("are there", () => {
    expect(examples).toHaveLength(2);
  });

  it.each(examples)("run: %s", async (code) => {
    const library = pathToFileURL(join(repository, "dist", "index.js")).href;
    // What a reader would do next, so that the program ends.
    const ending = code.includes("server.close()") ? "" : "server.kill();\n";
    const whole = code.replace(/await server\.finished;\n/, "");
    const file = join(folder, "example.mjs");
    await writeFile(file, `import { serve, runSimple } from ${JSON.stringify(library)};\n${whole}${ending}`);
    const { stdout } = await run(process.execPath, [file], { cwd: folder });
    expect(code.includes("console.log") ? stdout : "http://127.0.0.1").toContain("http://127.0.0.1");
  });
});
