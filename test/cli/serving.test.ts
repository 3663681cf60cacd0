import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { type CliOptions, type RunningCli, runCli, startCli } from "../support/run-cli.ts";

/** The module of Flask's manual, without Flask: a request for a name waits until that file exists. */
const project = `
import os, time

def app(environ, start_response):
    name = environ["PATH_INFO"].strip("/")
    if name:
        print("waiting for", name)
        while not os.path.exists(name):
            time.sleep(0.005)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ.get("GREETING", "hello").encode()]

def create_app():
    return app
`;

function start(argv: readonly string[], options: CliOptions = {}): RunningCli {
  const cwd = options.cwd ?? makeFolder({ "myproject.py": project });
  const cli = startCli(argv, { ...options, cwd, env: { HIGHBALL_PYTHON: python, ...options.env } });
  onTestFinished(async () => {
    cli.process.kill("SIGKILL");
    await cli.exited;
  });
  return cli;
}

async function urlOf(cli: RunningCli): Promise<string> {
  const [, url = ""] = await cli.waitFor(/(http:\/\/[^\s]+)/);
  return url;
}

/** A port that somebody else listens on. */
async function takenPort(): Promise<number> {
  const server = createServer((_request, response) => response.end("somebody else"));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  return (server.address() as AddressInfo).port;
}

describe("serving", () => {
  it.each([
    ["-w 4 -b 127.0.0.1:0 myproject:app"],
    ["-w 4 -b 127.0.0.1:0 myproject:create_app()"],
    ["myproject.py --host 127.0.0.1 --port 0 -w 1"],
    ["dev myproject --port 0"],
  ])("takes gunicorn's lines from Flask's manual, and its own: %s", async (line) => {
    const cli = start(line.split(" "));
    const response = await fetch(await urlOf(cli));
    expect(await response.text()).toBe("hello");
  });

  it("logs production's start on standard error, in gunicorn's form", async () => {
    const cli = start(["-w", "1", "myproject:app"], { env: { PORT: "0" } });
    await cli.waitFor(/From the environment: PORT$/m);
    const lines = cli.stderr().trimEnd().split("\n");
    for (const line of lines) {
      expect(line).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\] \[\d+\] \[INFO\] /);
    }
    expect(cli.stderr()).toContain(`(${cli.pid})`);
    expect(cli.stdout()).toBe("");
  });

  it("shows a banner in development", async () => {
    const cli = start(["dev"], { env: { FLASK_APP: "myproject", PORT: "0" } });
    await cli.waitFor(/Press Ctrl\+C to stop\./);
    expect(cli.stderr()).toMatch(/^\n {2}Highball \S+ {2}myproject:app {2}ready in \d+ ms\n/);
    expect(cli.stderr()).toMatch(/http:\/\/localhost:\d+/);
    expect(cli.stderr()).toMatch(/1 worker, 8 threads; FLASK_APP, PORT from the environment/);
  });

  it("gives the application the variables of -e and --env-file", async () => {
    const cwd = makeFolder({ "myproject.py": project, ".env": "GREETING=from the file\n" });
    const cli = start(["dev", "myproject", "--port", "0", "--env-file", ".env"], { cwd });
    expect(await (await fetch(await urlOf(cli))).text()).toBe("from the file");
    const other = start(["dev", "myproject", "--port", "0", "-e", "GREETING=from the flag"], { cwd });
    expect(await (await fetch(await urlOf(other))).text()).toBe("from the flag");
  });
});

describe("a port that is in use", () => {
  it("ends production with the port and what holds it", async () => {
    const port = await takenPort();
    const { exitCode, stderr } = await start(["-b", `127.0.0.1:${port}`, "-w", "1", "myproject:app"]).exited;
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is in use by`);
    expect(stderr).toContain(String(process.pid));
  });

  it("makes development take the next, and say so", async () => {
    const port = await takenPort();
    const cli = start(["dev", "myproject", "--host", "127.0.0.1", "--port", String(port)]);
    await cli.waitFor(/Press Ctrl\+C/);
    const [, url = ""] = /(http:\/\/\S+)/.exec(cli.stderr()) ?? [];
    expect(await (await fetch(url)).text()).toBe("hello");
    expect(url).not.toContain(`:${port}`);
    expect(cli.stderr()).toContain(String(port));
  });

  it("ends development too, with --strict-port", async () => {
    const port = await takenPort();
    const argv = ["dev", "myproject", "--host", "127.0.0.1", "--port", String(port), "--strict-port"];
    expect((await start(argv).exited).exitCode).toBe(1);
  });
});

describe("an application that cannot be loaded", () => {
  it.each<[what: string, argv: string[], files: Record<string, string>, message: RegExp]>([
    ["a module that does not exist", ["nowhere:app"], {}, /nowhere/],
    ["an attribute that does not exist", ["site1:aap"], { "site1.py": "def app(e, s): ..." }, /aap[^]*app/],
    [
      "an error of its own",
      ["site1"],
      { "site1.py": "x = 1 / 0\n" },
      /line 1[^]*ZeroDivisionError[^]*error: /,
    ],
  ])("ends with exit code 4: %s", async (_what, argv, files, message) => {
    const { exitCode, stderr } = await start([...argv, "-w", "1", "--port", "0"], { cwd: makeFolder(files) })
      .exited;
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("python/highball/worker");
  });

  it("may be a slip of the hand for a subcommand", async () => {
    const { exitCode, stderr } = await start(["dve", "--port", "0", "-w", "1"]).exited;
    expect(exitCode).toBe(4);
    expect(stderr).toContain("Did you mean: highball dev");
  });
});

describe("signals", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s lets requests in flight finish, then exits 0",
    async (signal) => {
      const cwd = makeFolder({ "myproject.py": project });
      const cli = start(["-b", "127.0.0.1:0", "-w", "1", "myproject:app"], { cwd });
      const response = fetch(`${await urlOf(cli)}/released`);
      await cli.waitFor(/waiting for released/);
      cli.process.kill(signal);
      await cli.waitFor(/Stopping on SIG\w+ when 1 request has finished, at most 30 s/);
      writeFileSync(join(cwd, "released"), "");
      expect((await response).status).toBe(200);
      expect((await cli.exited).exitCode).toBe(0);
    },
  );

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("a second %s ends at once, with exit code %i", async (signal, exitCode) => {
    const cli = start(["-b", "127.0.0.1:0", "-w", "1", "myproject:app"]);
    const failed = fetch(`${await urlOf(cli)}/never`).then(
      () => false,
      () => true,
    );
    await cli.waitFor(/waiting for never/);
    cli.process.kill(signal);
    await cli.waitFor(/Stopping/);
    cli.process.kill(signal);
    expect((await cli.exited).exitCode).toBe(exitCode);
    expect(await failed).toBe(true);
  });

  it("end a server that is still starting at once", async () => {
    const slow = "import time\nprint('starting')\ntime.sleep(60)\n";
    const cli = start(["slow", "-w", "1", "--port", "0", "--pid", "pid"], {
      cwd: makeFolder({ "slow.py": slow }),
    });
    await cli.waitFor(/starting/);
    cli.process.kill("SIGTERM");
    expect((await cli.exited).exitCode).toBe(143);
  });

  it("say in development that they were heard", async () => {
    const cli = start(["dev", "myproject", "--port", "0"]);
    await cli.waitFor(/Press Ctrl\+C/);
    cli.process.kill("SIGINT");
    const { exitCode, stderr } = await cli.exited;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/\n {2}Stopping\.\n$/);
  });
});

describe("a pid file", () => {
  it("holds the gateway's process id while it runs", async () => {
    const cwd = makeFolder({ "myproject.py": project });
    const cli = start(["-w", "1", "--port", "0", "--pid", "run.pid", "myproject:app"], { cwd });
    await urlOf(cli);
    expect(readFileSync(join(cwd, "run.pid"), "utf8")).toBe(`${cli.pid}\n`);
    const second = await runCli(["--port", "0", "--pid", "run.pid", "myproject:app"], { cwd });
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain(`belongs to process ${cli.pid}, which runs`);
    cli.process.kill("SIGTERM");
    await cli.exited;
    expect(existsSync(join(cwd, "run.pid"))).toBe(false);
  });
});
