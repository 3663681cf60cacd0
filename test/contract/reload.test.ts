import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { serve, type Options, type Server } from "../../src/index.ts";
import { apps, python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { Client } from "../support/http-client.ts";
import { stateOf, until } from "../support/processes.ts";
import { Stage } from "../support/stage.ts";

/** A project in a folder of its own, served with reloading. */
class Project {
  readonly folder: string;
  readonly server: Server;
  readonly #log: string;
  readonly #clients: Client[] = [];

  private constructor(folder: string, server: Server, log: string) {
    this.folder = folder;
    this.server = server;
    this.#log = log;
  }

  static async serve(files: Readonly<Record<string, string>>, settings: Options): Promise<Project> {
    const folder = makeFolder(files);
    const log = join(makeFolder(), "log");
    const server = await serve({
      chdir: folder,
      bind: ["127.0.0.1:0"],
      workers: 1,
      threads: 4,
      python,
      reload: true,
      errorLogfile: log,
      logLevel: "debug",
      debug: true,
      // The client's Host: errors are told to nobody who asks by another name.
      trustedHost: ["test"],
      ...settings,
      application: settings.application ?? "app",
    });
    return new Project(folder, server, log);
  }

  save(name: string, text: string): void {
    put(join(this.folder, name), text);
  }

  log(): string {
    return readFileSync(this.#log, "utf8");
  }

  logged(text: string): Promise<void> {
    return until(() => this.log().includes(text), 20_000);
  }

  async connect(): Promise<Client> {
    const client = await Client.connect({ host: "127.0.0.1", port: this.server.port });
    this.#clients.push(client);
    return client;
  }

  /** One request on a connection of its own. */
  async get(path = "/"): Promise<string> {
    const client = await this.connect();
    const { status, text } = await client.fetch("GET", path);
    return status === 200 ? text : `${status} ${text}`;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.server.close();
  }
}

function put(path: string, text: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
}

/** An application that answers with the value of an expression. */
function answering(expression: string | number, before = ""): string {
  return `${before}
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(${expression}).encode()]
`;
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The zygote that this process has started in `folder`. */
function zygoteOf(parent: number, folder: string): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const isChild = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[3] === String(parent);
      if (line.endsWith("zygote\0") && isChild && readlinkSync(`/proc/${pid}/cwd`) === folder)
        return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error(`no zygote runs in ${folder}`);
}

const open: Project[] = [];

async function start(files: Readonly<Record<string, string>>, settings: Options = {}): Promise<Project> {
  const project = await Project.serve(files, settings);
  open.push(project);
  return project;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((project) => project.close()));
});

describe.each(["fork", "spare", "off"] as const)("new code, with --zygote %s", (zygote) => {
  it("answers the first request after the save", async () => {
    const project = await start({ "app.py": answering(1) }, { zygote });
    for (let version = 2; version < 12; version += 1) {
      project.save("app.py", answering(version));
      expect(await project.get()).toBe(String(version));
    }
  });

  it("answers it when the second save of the same size comes within the same second", async () => {
    const project = await start(
      { "app.py": answering("part.value", "import part"), "part.py": "value = 1" },
      { zygote },
    );
    for (let version = 2; version < 10; version += 1) {
      project.save("part.py", `value = ${version}`);
      expect(await project.get()).toBe(String(version));
    }
  });

  it("is loaded once, in one process, which knows that it serves", async () => {
    const note = `import os\nopen("loads", "a").write(os.environ.get("WERKZEUG_RUN_MAIN", "") + "\\n")\n`;
    const project = await start({ "app.py": answering(1, note) }, { zygote });
    const loads = (): string => readFileSync(join(project.folder, "loads"), "utf8");
    expect(loads()).toBe("true\n");
    project.save("app.py", answering(2, note));
    expect(await project.get()).toBe("2");
    expect(loads()).toBe("true\ntrue\n");
  });

  it("replaces code whose atexit handlers and finally blocks run", async () => {
    const note = `import atexit\natexit.register(lambda: open("ended", "a").write("atexit\\n"))\n`;
    const project = await start({ "app.py": answering(1, note) }, { zygote });
    project.save("app.py", answering(2));
    expect(await project.get()).toBe("2");
    await expect.poll(() => statSync(join(project.folder, "ended"), { throwIfNoEntry: false })).toBeDefined();
  });
});

const staged = (version: string): string => `
import stage
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/wait":
        stage.wait("here")
    start_response("200 OK", [("Content-Type", "text/event-stream" if path == "/events" else "text/plain")])
    if path != "/events":
        return [b"${version}"]
    return events()

def events():
    try:
        yield b"data: ${version}\\n\\n"
        stage.wait("streaming")
    finally:
        stage.tell("closed")
`;

describe("a request that runs when the code changes", () => {
  it("finishes in the old code, while the new serves", async () => {
    const stage = await Stage.open();
    const project = await start(
      { "app.py": staged("old") },
      { env: { STAGE: stage.path }, pythonpath: [apps] },
    );
    const old = project.get("/wait");
    await stage.reached("here");
    project.save("app.py", staged("new"));
    expect(await project.get()).toBe("new");
    stage.cue("here");
    expect(await old).toBe("old");
    await stage.close();
  });

  it("and never ends, as an event stream, is closed after the time of grace, and its worker ends", async () => {
    const stage = await Stage.open();
    const project = await start(
      { "app.py": staged("old") },
      { env: { STAGE: stage.path }, pythonpath: [apps], reloadGrace: 0.2 },
    );
    const [worker = 0] = project.server.workerPids;
    const client = await project.connect();
    client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    await stage.reached("streaming");
    project.save("app.py", staged("new"));
    expect(await project.get()).toBe("new");
    await client.rest(); // the connection is closed
    stage.cue("streaming");
    await expect.poll(() => stateOf(worker), { timeout: 10_000 }).toBeNull();
    await stage.close();
  });
});

describe.each([
  ["a syntax error", "def app(:\n", "SyntaxError"],
  ["a failing import", "import no_such_library\n", "No module named"],
  ["an exception", "raise RuntimeError('at import')\n", "RuntimeError: at import"],
  ["sys.exit", "import sys\nsys.exit(3)\n", "sys.exit(3)"],
  ["a missing attribute", "application_of_old = None\n", "no WSGI"],
  ["a crash", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "SIGSEGV"],
  ["the end of the process", "import os\nos._exit(0)\n", "exited with status 0"],
])("code with %s", (_, broken, message) => {
  it("is told to requests and in the log, and the next save serves", async () => {
    const project = await start({ "app.py": answering(1) });
    project.save("app.py", broken);
    const answer = await project.get();
    expect(answer).toMatch(/^500 /);
    expect(answer).toContain(message);
    expect(project.log()).toContain(message);
    project.save("app.py", answering(2));
    expect(await project.get()).toBe("2");
  });

  it("is no reason not to start", async () => {
    const project = await start({ "app.py": broken });
    expect(await project.get()).toMatch(/^500 /);
    project.save("app.py", answering(2));
    expect(await project.get()).toBe("2");
  });
});

describe("code whose import never ends", () => {
  it("is given up when it is mended", async () => {
    const project = await start({ "app.py": answering(1) });
    project.save("app.py", "while True: pass\n");
    const held = project.get();
    await project.logged("Restarting");
    project.save("app.py", answering(2));
    expect(await held).toBe("2");
  });

  it("is told after the time that a load may take", async () => {
    const project = await start({ "app.py": "while True: pass\n" }, { bootTimeout: 0.5 });
    expect(await project.get()).toContain("did not load within 0.5 s");
    project.save("app.py", answering(2));
    expect(await project.get()).toBe("2");
  });
});

describe("code that is not the application's main file", () => {
  it("is reloaded when it was imported, or comes to be", async () => {
    const project = await start({
      "app.py": answering(
        "part.value",
        "try:\n    import part\nexcept ImportError:\n    class part: value = 0\n",
      ),
    });
    expect(await project.get()).toBe("0");
    project.save("part.py", "value = 1");
    expect(await project.get()).toBe("1");
    project.save("part.py", "value = 22");
    expect(await project.get()).toBe("22");
    rmSync(join(project.folder, "part.py"));
    expect(await project.get()).toBe("0");
  });

  it("is reloaded wherever it is", async () => {
    const elsewhere = makeFolder({ "library.py": "value = 1" });
    const insert = `import sys\nsys.path.insert(0, ${JSON.stringify(elsewhere)})\nimport library`;
    const project = await start({ "app.py": answering("library.value", insert) });
    put(join(elsewhere, "library.py"), "value = 22");
    expect(await project.get()).toBe("22");
  });

  it("is reloaded when a request has imported it", async () => {
    const elsewhere = makeFolder({ "library.py": "value = 1" });
    const lazy = `import sys\nsys.path.insert(0, ${JSON.stringify(elsewhere)})`;
    const project = await start({ "app.py": answering('__import__("library").value', lazy) });
    expect(await project.get()).toBe("1");
    put(join(elsewhere, "library.py"), "value = 22");
    await expect.poll(() => project.get()).toBe("22");
  });

  it("is loaded again when it was saved while it was being imported", async () => {
    const stage = await Stage.open();
    const settings = { env: { STAGE: stage.path }, pythonpath: [apps] };
    const elsewhere = makeFolder({ "library.py": "value = 1" });
    const insert = `import sys, stage\nsys.path.insert(0, ${JSON.stringify(elsewhere)})\nimport library`;
    const project = await start({ "app.py": answering(0) }, settings);
    project.save("app.py", answering("library.value", `${insert}\nstage.wait("imported")`));
    const held = project.get();
    await stage.reached("imported");
    put(join(elsewhere, "library.py"), "value = 22");
    stage.cue("imported");
    await stage.reached("imported");
    stage.cue("imported");
    expect(await held).toBe("22");
    await stage.close();
  });
});

const bound = (version: string, port: number): string => `
import socket, stage
held = socket.create_server(("127.0.0.1", ${port}))
def app(environ, start_response):
    if environ["PATH_INFO"] == "/wait":
        stage.wait("here")
    start_response("200 OK", [])
    return [b"${version}"]
`;

describe("what the old code holds", () => {
  it("a port, for example, is no obstacle to the new code", async () => {
    const stage = await Stage.open();
    const port = await freePort();
    const code = (version: string): string => bound(version, port);
    const project = await start(
      { "app.py": code("old") },
      { env: { STAGE: stage.path }, pythonpath: [apps] },
    );
    const old = project.get("/wait");
    await stage.reached("here");
    project.save("app.py", code("new"));
    const next = project.get();
    await project.logged("Restarting");
    stage.cue("here");
    expect([await old, await next]).toEqual(["old", "new"]);
    await stage.close();
  });
});

describe("a library's namesake in the project", () => {
  it("comes first, though the zygote has imported the library", async () => {
    const project = await start({ "app.py": answering("csv.__name__", "import csv") }, { zygote: "fork" });
    await project.logged("The zygote is ready.");
    project.save("csv.py", "__name__ = 'mine'");
    expect(await project.get()).toBe("mine");
  });
});

describe("a zygote that is killed", () => {
  it("costs one line: the next request is answered, and so is the next save", async () => {
    const project = await start({ "app.py": answering(1) }, { zygote: "fork" });
    await project.logged("The zygote is ready.");
    process.kill(zygoteOf(process.pid, project.folder), "SIGKILL");
    await project.logged("another zygote is made");
    expect(await project.get()).toBe("1");
    project.save("app.py", answering(2));
    expect(await project.get()).toBe("2");
  });
});
