/** The command from its first signal to its last process: nothing accepted is lost, nothing is left behind. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { apps, python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { type Address, Client } from "../support/http-client.ts";
import { childrenOf, isAlive, stateOf, survivors, until } from "../support/processes.ts";
import { type RunningCli, startCli } from "../support/run-cli.ts";
import { Stage } from "../support/stage.ts";

/** Clients whose requests are on their way when the signal comes. */
const CROWD = 300;

interface StartOptions {
  readonly flags?: readonly string[];
  /** @defaultValue 1 */
  readonly workers?: number;
  readonly socket?: "tcp" | "unix";
  readonly env?: Readonly<Record<string, string>>;
}

/** `highball lifecycle:app`, with what a test needs around it; it is gone when the test has finished. */
class Command {
  readonly cli: RunningCli;
  readonly stage: Stage;
  /** A folder of the test's own. */
  readonly folder: string;
  /** Where the command makes its private files. */
  readonly temporary: string;
  #clients: Client[] = [];
  /** Every worker that was seen: a gateway that is gone cannot name them any more. */
  readonly #seen: Set<number> = new Set();

  private constructor(cli: RunningCli, stage: Stage, folder: string, temporary: string) {
    this.cli = cli;
    this.stage = stage;
    this.folder = folder;
    this.temporary = temporary;
  }

  /** Starts it, and waits for nothing. */
  static async launch({
    flags = [],
    workers = 1,
    socket = "tcp",
    env = {},
  }: StartOptions = {}): Promise<Command> {
    const folder = makeFolder();
    const temporary = makeFolder();
    const stage = await Stage.open();
    const bind = socket === "tcp" ? "127.0.0.1:0" : `unix:${join(folder, "socket")}`;
    const settings = ["-b", bind, "-w", String(workers), "--threads", "4", "--log-level", "debug"];
    const cli = startCli(["lifecycle:app", ...settings, ...flags], {
      cwd: apps,
      env: {
        HIGHBALL_PYTHON: python,
        PYTHONDONTWRITEBYTECODE: "1",
        STAGE: stage.path,
        LEFT: join(folder, "left"),
        TMPDIR: temporary,
        ...env,
      },
    });
    const command = new Command(cli, stage, folder, temporary);
    onTestFinished(() => command.#end());
    return command;
  }

  /** Starts it, and waits until it serves. */
  static async start(options: StartOptions = {}): Promise<Command> {
    const command = await Command.launch(options);
    await command.cli.waitFor(/Listening at: .*\n/);
    await command.cli.waitFor(new RegExp(`(Worker \\d+ is ready[^]*){${options.workers ?? 1}}`));
    return command;
  }

  get address(): Address {
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(this.cli.stderr())?.[1];
    return port === undefined ? { path: this.socket } : { host: "127.0.0.1", port: Number(port) };
  }

  /** Path of the Unix socket. */
  get socket(): string {
    return join(this.folder, "socket");
  }

  /** Process ids of the workers there are. */
  get workers(): number[] {
    const pids = childrenOf(this.cli.pid).map(({ pid }) => pid);
    for (const pid of pids) this.#seen.add(pid);
    return pids;
  }

  async connect(): Promise<Client> {
    const client = await Client.connect(this.address);
    this.#clients.push(client);
    return client;
  }

  /** A client whose request has reached the application and waits there for `event`. */
  async inFlight(target: string, event: string): Promise<Client> {
    const client = await this.connect();
    client.request("GET", target);
    await this.stage.reached(event);
    return client;
  }

  /** Signals the gateway and returns once it has said that it heard. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.cli.process.kill(signal);
    await this.cli.waitFor(/Stopping on/);
  }

  async #end(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    const last = this.workers;
    this.cli.process.kill("SIGCONT");
    this.cli.process.kill("SIGKILL");
    // Those that outlive it would hold its standard streams open.
    for (const pid of [...this.#seen, ...last].filter(isAlive)) process.kill(pid, "SIGKILL");
    await this.cli.exited;
    await this.stage.close();
  }
}

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  it.each(["tcp", "unix"] as const)("answers every request that was sent before it (%s)", async (socket) => {
    const command = await Command.start({ socket });
    const kept = await command.connect();
    expect((await kept.fetch("GET", "/hello")).status).toBe(200);
    const idle = await command.connect();
    expect((await idle.fetch("GET", "/hello")).status).toBe(200);

    // A gateway that stands still accepts nothing: all of this waits in the kernel, as in a burst.
    command.cli.process.kill("SIGSTOP");
    await until(() => stateOf(command.cli.pid)?.state === "T");
    const crowd = await Promise.all(
      Array.from({ length: CROWD }, async (_, index) => {
        const client = await command.connect();
        client.request("POST", "/length", { body: "x".repeat(index) });
        return client;
      }),
    );
    kept.request("POST", "/length", { body: "kept" });
    command.cli.process.kill(signal);
    command.cli.process.kill("SIGCONT");

    const responses = await Promise.all(crowd.map((client) => client.response()));
    expect(responses.map(({ text }) => text)).toEqual(crowd.map((_, index) => String(index)));
    const last = await kept.response();
    expect(last.text).toBe("4");
    // RFC 9112 §9.6: whoever closes says so in the last response.
    for (const response of [...responses, last]) expect(response.get("connection")).toBe("close");
    await Promise.all([...crowd, kept, idle].map((client) => client.closed()));
    expect((await command.cli.exited).exitCode).toBe(0);
    await expect(command.connect()).rejects.toThrow(socket === "tcp" ? "ECONNREFUSED" : "ENOENT");
  });

  it("finishes requests in flight, and takes no new connections meanwhile", async () => {
    const command = await Command.start();
    const held = await command.inFlight("/hold", "held");
    const streaming = await command.inFlight("/halves", "half");
    const uploading = await command.connect();
    uploading.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhalf ");
    // Answered after what is on the other connections has been read.
    await (await command.connect()).fetch("GET", "/hello");

    await command.stop(signal);
    await expect
      .poll(() =>
        command.connect().then(
          () => "accepted",
          (error: Error) => error.message,
        ),
      )
      .toContain("ECONNREFUSED");
    uploading.send("other");
    command.stage.cue("half");
    command.stage.cue("held");
    const [first, second, third] = await Promise.all([
      held.response(),
      streaming.response(),
      uploading.response(),
    ]);
    expect([first.text, second.text, third.text]).toEqual(["held", "one two", "10"]);
    expect(first.get("connection")).toBe("close");
    expect(third.get("connection")).toBe("close");
    await Promise.all([held, streaming, uploading].map((client) => client.closed()));
    expect((await command.cli.exited).exitCode).toBe(0);
  });

  it.each(["/large", "/large-file"])("finishes %s for a client that reads slowly", async (target) => {
    const file = join(makeFolder({ large: "" }), "large");
    truncateSync(file, 400 * 65_536);
    const command = await Command.start({ env: { LARGE_FILE: file } });
    const client = await command.connect();
    client.request("GET", target);
    client.socket.pause();
    await command.stage.reached("large");
    await command.stop(signal);
    // Others that came too late have been sent away: only this one is waited for.
    await expect
      .poll(() =>
        command.connect().then(
          () => "accepted",
          (error: Error) => error.message,
        ),
      )
      .toContain("ECONNREFUSED");
    client.socket.resume();
    expect((await client.response()).body.length).toBe(400 * 65_536);
    await client.closed();
    expect((await command.cli.exited).exitCode).toBe(0);
  });

  it("to the whole group, as a terminal's Ctrl+C, is the gateway's to act on", async () => {
    const command = await Command.start({ workers: 2 });
    const held = await command.inFlight("/hold", "held");
    for (const pid of command.workers) process.kill(pid, signal);
    await command.stop(signal);
    command.stage.cue("held");
    expect((await held.response()).text).toBe("held");
    expect((await command.cli.exited).exitCode).toBe(0);
    // The application heard nothing of it: no KeyboardInterrupt.
    expect(command.cli.stderr()).not.toContain("Traceback");
  });

  it("leaves nothing behind: atexit handlers have run, processes, socket and private files are gone", async () => {
    const command = await Command.start({ socket: "unix", workers: 2 });
    const large = await (await command.connect()).fetch("POST", "/length", { body: Buffer.alloc(2_000_000) });
    expect(large.text).toBe("2000000");
    expect(readdirSync(command.temporary)).toHaveLength(2);
    const { workers } = command;
    await command.stop(signal);
    const { exitCode, stderr } = await command.cli.exited;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const left = readFileSync(join(command.folder, "left"), "utf8").trim().split("\n").map(Number);
    expect(new Set(left)).toEqual(new Set(workers));
    expect(workers.map(stateOf)).toEqual([null, null]);
    expect(existsSync(command.socket)).toBe(false);
    expect(readdirSync(command.temporary)).toEqual([]);
  });

  it("a second one ends at once: nothing of the server is left", async () => {
    const command = await Command.start({ socket: "unix", workers: 2 });
    const held = await command.inFlight("/hold", "held");
    const stuck = await command.inFlight("/regular-expression", "stuck");
    const { workers } = command;
    expect(workers).toHaveLength(2);
    await command.stop(signal);
    const since = performance.now();
    command.cli.process.kill(signal);
    expect((await command.cli.exited).exitCode).toBe(signal === "SIGTERM" ? 143 : 130);
    expect(await survivors(workers)).toEqual([]);
    expect(performance.now() - since).toBeLessThan(2000);
    await Promise.all([held, stuck].map((client) => expect(client.response()).rejects.toThrow(Error)));
    expect(existsSync(command.socket)).toBe(false);
    expect(readdirSync(command.temporary)).toEqual([]);
  });

  it("before the application has loaded ends at once: nothing of the server is left", async () => {
    const command = await Command.launch({ socket: "unix", env: { IMPORT_STUCK: "1" } });
    await until(() => command.workers.some(burns));
    const { workers } = command;
    command.cli.process.kill(signal);
    expect((await command.cli.exited).exitCode).toBe(signal === "SIGTERM" ? 143 : 130);
    expect(await survivors(workers)).toEqual([]);
    expect(existsSync(command.socket)).toBe(false);
    expect(readdirSync(command.temporary)).toEqual([]);
  });
});

/** It has used a good deal of processor time: what it was told to run, it runs. */
function burns(pid: number): boolean {
  return (stateOf(pid)?.ticks ?? 0) >= 50;
}

describe("the time to finish", () => {
  it.each(["/hold", "/regular-expression", "/halves"])(
    "is no longer than asked for: %s is cut",
    async (target) => {
      const command = await Command.start({ flags: ["--graceful-timeout", "0.2"] });
      const event = { "/hold": "held", "/halves": "half" }[target] ?? "stuck";
      const client = await command.inFlight(target, event);
      const { workers } = command;
      const since = performance.now();
      await command.stop("SIGTERM");
      await expect(client.response()).rejects.toThrow(Error);
      const { exitCode, stderr } = await command.cli.exited;
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(/1 request\w* did not finish within 0\.2 s/);
      expect(performance.now() - since).toBeLessThan(3000);
      expect(await survivors(workers)).toEqual([]);
      expect(readdirSync(command.temporary)).toEqual([]);
    },
  );

  it("of 0 cuts at once what runs", async () => {
    const command = await Command.start({ flags: ["--graceful-timeout", "0"] });
    const client = await command.inFlight("/hold", "held");
    await command.stop("SIGTERM");
    await expect(client.response()).rejects.toThrow(Error);
    expect((await command.cli.exited).exitCode).toBe(0);
  });

  it("ends a worker that Python itself cannot end", async () => {
    const command = await Command.start();
    expect((await (await command.connect()).fetch("GET", "/linger")).text).toBe("started");
    const { workers } = command;
    await command.stop("SIGTERM");
    expect((await command.cli.exited).exitCode).toBe(0);
    expect(await survivors(workers)).toEqual([]);
  });
});

describe("a gateway that is killed takes its workers along", () => {
  it.each(["SIGKILL", "SIGABRT"] as const)("by %s, while they are idle", async (signal) => {
    const command = await Command.start({ workers: 2 });
    const { workers } = command;
    command.cli.process.kill(signal);
    await command.cli.exited;
    expect(await survivors(workers)).toEqual([]);
  });

  it.each(["/sleep", "/loop", "/regular-expression", "/sleep-in-c"])("while one is in %s", async (target) => {
    const command = await Command.start({ flags: ["--threads", "2"] });
    await command.inFlight(target, "stuck");
    const [worker = 0] = command.workers;
    if (!target.includes("sleep")) await until(() => burns(worker));
    command.cli.process.kill("SIGKILL");
    await command.cli.exited;
    expect(await survivors([worker])).toEqual([]);
  });

  it("while one imports the application, in C code that never gives the lock away", async () => {
    const command = await Command.launch({ env: { IMPORT_STUCK: "1" } });
    await until(() => command.workers.some(burns));
    const { workers } = command;
    command.cli.process.kill("SIGKILL");
    await command.cli.exited;
    expect(await survivors(workers)).toEqual([]);
  });

  it("in the very moment in which they start", async () => {
    for (let delay = 0; delay < 60; delay += 5) {
      // oxlint-disable-next-line no-await-in-loop -- one start after the other, each killed a little later
      const command = await Command.launch({ env: { IMPORT_STUCK: "1" } });
      // oxlint-disable-next-line no-await-in-loop
      await until(() => command.workers.length > 0);
      const { workers } = command;
      const since = performance.now();
      // oxlint-disable-next-line no-await-in-loop
      await until(() => performance.now() - since >= delay);
      command.cli.process.kill("SIGKILL");
      // oxlint-disable-next-line no-await-in-loop
      expect(await survivors(workers)).toEqual([]);
    }
  });
});

describe("a start that fails", () => {
  it.each([
    ["the socket has no folder", "unix:nowhere/socket"],
    ["the address is another machine's", "192.0.2.1:80"],
  ])("ends with exit code 1 and leaves nothing behind: %s", async (_what, bind) => {
    const command = await Command.launch({ flags: ["-b", bind] });
    expect((await command.cli.exited).exitCode).toBe(1);
    expect(readdirSync(command.temporary)).toEqual([]);
    expect(existsSync(command.socket)).toBe(false);
  });
});

describe("a gateway without a descriptor left", () => {
  it("goes on, replaces a worker when it can, and serves those who come then", async () => {
    const command = await Command.start();
    // From util-linux, which Debian cannot be without.
    execFileSync("prlimit", ["--pid", String(command.cli.pid), "--nofile=70:70"]);
    const crowd = await Promise.all(Array.from({ length: 100 }, () => command.connect()));
    const [worker = 0] = command.workers;
    await until(() => readdirSync(`/proc/${command.cli.pid}/fd`).length >= 69);
    process.kill(worker, "SIGKILL");
    await command.cli.waitFor(/could not be started: .*EMFILE/);
    for (const client of crowd) client.destroy();
    await command.cli.waitFor(/is ready[^]*EMFILE[^]*is ready/);
    const client = await command.connect();
    expect((await client.fetch("GET", "/hello")).text).toBe("hello");
    expect((await client.fetch("POST", "/length", { body: Buffer.alloc(2_000_000) })).text).toBe("2000000");
  });
});

/** The files that hold bodies of requests. */
function bodiesIn(folder: string): string[] {
  const bodies = readdirSync(folder).find((name) => name.startsWith("highball-bodies-"));
  return bodies === undefined ? [] : readdirSync(join(folder, bodies));
}

describe("a gateway whose disk is full", () => {
  it("answers 503 to what it cannot keep: the application never gets a part of a body", async () => {
    const command = await Command.start();
    // For the kernel this is what a full disk is, in the middle of a file (setrlimit(2), RLIMIT_FSIZE).
    execFileSync("prlimit", ["--pid", String(command.cli.pid), "--fsize=1500000:1500000"]);
    const client = await command.connect();
    const response = await client.fetch("POST", "/length", { body: Buffer.alloc(2_000_000) });
    expect([response.status, response.get("connection")]).toEqual([503, "close"]);
    expect(command.cli.stderr()).toContain("cannot be written to a file: EFBIG");
    await expect.poll(() => bodiesIn(command.temporary)).toEqual([]);
    const other = await command.connect();
    expect((await other.fetch("POST", "/length", { body: Buffer.alloc(1_200_000) })).text).toBe("1200000");
  });
});

describe("a worker that dies", () => {
  it("is replaced and leaves no zombie", async () => {
    const command = await Command.start({ workers: 2 });
    const before = command.workers;
    for (const pid of before) process.kill(pid, "SIGKILL");
    await until(() => command.workers.length === 2 && !command.workers.some((pid) => before.includes(pid)));
    expect(childrenOf(command.cli.pid).map(({ state }) => state)).not.toContain("Z");
    expect((await (await command.connect()).fetch("GET", "/hello")).text).toBe("hello");
    expect(before.map(stateOf)).toEqual([null, null]);
  });
});
