import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer, request } from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { afterAll, afterEach, describe, expect, it } from "vitest";

import { HighballError } from "../../src/errors.ts";
import {
  describeUrls,
  openListeners,
  type Listener,
  type ListenersOptions,
} from "../../src/http/listeners.ts";
import { formatAddress, parseAddress } from "../../src/settings/address.ts";
import { compileSources } from "../support/compiled.ts";

const compiled = compileSources();

const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
const hasIPv6 = interfaces.some((entry) => entry.address === "::1");

const cleanups: (() => unknown)[] = [];
afterAll(() => rmSync(compiled, { recursive: true }));
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) {
    await cleanup();
  }
});

const warnings: string[] = [];
const log = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warning: (message: string): void => void warnings.push(message),
  error: (message: string): void => void warnings.push(message),
};

function greeter(): Server {
  return createServer((socket) => socket.on("error", () => undefined).end("hello"));
}

async function open(
  bind: string | readonly string[],
  options: Partial<ListenersOptions> = {},
): Promise<Listener[]> {
  const listeners = await openListeners([bind].flat().map(parseAddress), { log, ...options }, greeter);
  cleanups.push(() => Promise.all(listeners.map((listener) => listener.close())));
  return listeners;
}

async function refusal(
  bind: string | readonly string[],
  options: Partial<ListenersOptions> = {},
): Promise<HighballError> {
  const outcome = await open(bind, options).catch((error: unknown) => error);
  if (outcome instanceof HighballError) {
    return outcome;
  }
  throw new Error(`expected a HighballError, got ${String(outcome)}`);
}

/** What a client that connects there reads until the server ends. */
async function greeting(target: { host: string; port: number } | { path: string }): Promise<string> {
  return await everything(connect(target));
}

async function everything(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(socket, "close");
  return text;
}

function addresses(listeners: readonly Listener[]): string[] {
  return listeners.map((listener) => formatAddress(listener.address));
}

function portOf(listeners: readonly Listener[]): number {
  return Number(listeners[0]?.serverPort);
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "highball-listeners-"));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A Python process that listens, prints a line, and stays. */
async function python(code: string, ...values: string[]): Promise<ChildProcess> {
  const child = spawn("python3", ["-c", code, ...values], { stdio: ["pipe", "pipe", "inherit"] });
  cleanups.push(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
  await once(child.stdout, "data");
  return child;
}

const HOLD_PORT = `
import socket, sys
listener = socket.create_server((sys.argv[1], int(sys.argv[2])), family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
print("listening", flush=True)
sys.stdin.read()`;

const HOLD_SOCKET = `
import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("listening", flush=True)
sys.stdin.read()`;

/** Highball's own code in a process of its own, as the shell would start it. */
function startCompiled(code: string): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", prelude(compiled) + code], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  cleanups.push(() => child.kill("SIGKILL"));
  return child;
}

/** A parent that opens descriptor 3 and becomes the server, as systemd does. */
const BECOME_SERVER = `
import os, socket, sys
address, *command = sys.argv[1:]
if address.startswith("/"):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
else:
    listener = socket.create_server((address.split(":")[0], 0))
listener.listen()
if listener.fileno() != 3:
    os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.execvp(command[0], command)`;

/** @returns what the server says of its address, and the server */
async function startWithDescriptor(address: string): Promise<[string, ChildProcess]> {
  const code = `
    const [listener] = await openListeners([parseAddress("fd://3")], { log }, greeter);
    console.log(formatAddress(listener.address));
    process.stdin.once("end", () => listener.close().then(() => process.exit())).resume();`;
  const node = [process.execPath, "--input-type=module", "-e", prelude(compiled) + code];
  const child = spawn("python3", ["-c", BECOME_SERVER, address, ...node], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  cleanups.push(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  return [String(line).trim(), child];
}

function prelude(sources: string): string {
  return `
    import { createServer } from "node:net";
    import { openListeners } from "${sources}/http/listeners.js";
    import { formatAddress, parseAddress } from "${sources}/settings/address.js";
    const log = { debug() {}, info() {}, warning: console.error, error: console.error };
    const greeter = () => createServer((socket) => socket.end("hello"));`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  server.close();
  await once(server, "close");
  if (typeof bound !== "object" || bound === null) {
    throw new Error("a TCP server has a port");
  }
  return bound.port;
}

describe("a TCP listener", () => {
  it("says where it really listens when the system chose the port", async () => {
    const listeners = await open("127.0.0.1:0");
    const port = portOf(listeners);
    expect(port).toBeGreaterThan(0);
    expect(listeners[0]).toMatchObject({
      address: { kind: "tcp", host: "127.0.0.1", port },
      serverName: "127.0.0.1",
      serverPort: String(port),
      isUnix: false,
    });
    expect(await greeting({ host: "127.0.0.1", port })).toBe("hello");
  });

  it.runIf(hasIPv6)("on localhost answers both families on one port", async () => {
    const listeners = await open("localhost:0");
    const port = portOf(listeners);
    expect(addresses(listeners)).toEqual([`127.0.0.1:${port}`, `[::1]:${port}`]);
    expect(listeners.map((listener) => listener.serverName)).toEqual(["localhost", "localhost"]);
    expect(await greeting({ host: "127.0.0.1", port })).toBe("hello");
    expect(await greeting({ host: "::1", port })).toBe("hello");
  });

  it.runIf(hasIPv6)(
    "on every interface keeps the families apart, so IPv4 clients look like IPv4",
    async () => {
      const listeners = await open(":0");
      const port = portOf(listeners);
      expect(addresses(listeners)).toEqual([`0.0.0.0:${port}`, `[::]:${port}`]);
      const peers: (string | undefined)[] = [];
      for (const { server } of listeners) {
        server.on("connection", (socket: Socket) => peers.push(socket.remoteAddress));
      }
      expect(await greeting({ host: "127.0.0.1", port })).toBe("hello");
      expect(await greeting({ host: "::1", port })).toBe("hello");
    },
  );

  it("opens an address that is named twice once", async () => {
    const port = await freePort();
    const listeners = await open([`127.0.0.1:${port}`, `localhost:${port}`, `127.0.0.1:${port}`]);
    expect(addresses(listeners)).toEqual([`127.0.0.1:${port}`, ...(hasIPv6 ? [`[::1]:${port}`] : [])]);
  });

  it.runIf(hasIPv6)("writes IPv6 in SERVER_NAME in brackets", async () => {
    const [listener] = await open("[::1]:0");
    expect(listener?.serverName).toBe("[::1]");
  });

  const scoped = interfaces.find((entry) => entry.scopeid !== undefined && entry.scopeid > 0);
  it.runIf(scoped !== undefined)("takes a link-local address with its zone, and asks for it", async () => {
    const zone = Object.entries(networkInterfaces()).find(([, list]) =>
      list?.some((entry) => entry.address === scoped?.address),
    )?.[0];
    const listeners = await open(`[${scoped?.address}%${zone}]:0`);
    expect(await greeting({ host: `${scoped?.address}%${zone}`, port: portOf(listeners) })).toBe("hello");
    expect(listeners[0]?.serverName).toBe(`[${scoped?.address}%${zone}]`);
    const error = await refusal(`[${scoped?.address}]:0`);
    expect(error.code).toBe("ADDRESS_NOT_AVAILABLE");
    expect(error.hint).toContain(`%INTERFACE]:0, where INTERFACE is one of`);
  });

  it("accepts everyone who had connected before it closed, and nobody after", async () => {
    const listeners = await open("127.0.0.1:0", { backlog: 512 });
    const target = { host: "127.0.0.1", port: portOf(listeners) };
    const clients = Array.from({ length: 300 }, () => greeting(target));
    await listeners[0]?.close();
    expect(await Promise.all(clients)).toEqual(Array.from({ length: 300 }, () => "hello"));
    await expect(greeting(target)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("leaves open connections alone when it closes", async () => {
    const sockets: Socket[] = [];
    const listeners = await openListeners([parseAddress("127.0.0.1:0")], { log }, () =>
      createServer((socket) => sockets.push(socket)),
    );
    const client = connect({ host: "127.0.0.1", port: portOf(listeners) });
    await once(client, "connect");
    await listeners[0]?.close();
    await listeners[0]?.close();
    sockets[0]?.end("still here");
    expect(await everything(client)).toBe("still here");
  });

  it("logs what goes wrong with accepting, and lives on", async () => {
    const listeners = await open("127.0.0.1:0");
    warnings.length = 0;
    listeners[0]?.server.emit("error", new Error("accept EMFILE"));
    expect(warnings).toEqual([`Cannot accept a connection on ${addresses(listeners)[0]}: accept EMFILE`]);
  });
});

describe("a port in use", () => {
  it.runIf(existsSync("/proc/net/tcp"))(
    "is refused with the process that holds it and a port that is free",
    async () => {
      const port = await freePort();
      const holder = await python(HOLD_PORT, "127.0.0.1", String(port), "a\u001B[31m\nb");
      const error = await refusal(`127.0.0.1:${port}`);
      expect(error.code).toBe("ADDRESS_IN_USE");
      expect(error.message).toMatch(
        new RegExp(
          String.raw`^Port ${port} on 127\.0\.0\.1 is in use by ".*python3? -c .*" \(pid ${holder.pid}\)\.$`,
        ),
      );
      expect(error.message).not.toContain("\n");
      expect(error.hint).toMatch(
        /^Use another port: --bind 127\.0\.0\.1:\d+, or end that process: kill \d+$/,
      );
      const free = /--bind (\S+),/.exec(error.hint ?? "")?.[1] ?? "";
      expect(addresses(await open(free))).toEqual([free]);
    },
  );

  it.runIf(hasIPv6)("is in use on localhost when only the other family has it", async () => {
    const port = await freePort();
    const holder = await python(HOLD_PORT, "::1", String(port));
    const error = await refusal(`localhost:${port}`);
    expect(error.message).toContain(`Port ${port} on [::1] is in use by "`);
    expect(error.message).toContain(`(pid ${holder.pid})`);
    // The half that could be opened is closed again.
    await expect(greeting({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("is passed over with one warning where that is asked for", async () => {
    const port = await freePort();
    await python(HOLD_PORT, "127.0.0.1", String(port));
    warnings.length = 0;
    const listeners = await open(`localhost:${port}`, { portFallback: true });
    const next = portOf(listeners);
    expect(next).toBeGreaterThan(port);
    expect(next).toBeLessThanOrEqual(port + 20);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      new RegExp(`^Port ${port} on 127.0.0.1 is in use by .*: listening on port ${next} instead\\.$`),
    );
    expect(await greeting({ host: "127.0.0.1", port: next })).toBe("hello");
  });

  it.runIf(existsSync("/proc/net/tcp"))("by this same server is never passed over", async () => {
    const port = await freePort();
    const error = await refusal([`0.0.0.0:${port}`, `127.0.0.1:${port}`], { portFallback: true });
    expect(error.message).toBe(`Port ${port} on 127.0.0.1 is already listened on by this same server.`);
  });

  it("closes what was opened before it", async () => {
    const port = await freePort();
    const free = await freePort();
    await python(HOLD_PORT, "127.0.0.1", String(port));
    const error = await refusal([`127.0.0.1:${free}`, `127.0.0.1:${port}`]);
    expect(error.code).toBe("ADDRESS_IN_USE");
    await expect(greeting({ host: "127.0.0.1", port: free })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("an address that cannot be listened on", () => {
  it("because the machine does not have it, is refused with those it has", async () => {
    // RFC 5737 §3 keeps 203.0.113.0/24 for documentation.
    const error = await refusal("203.0.113.7:8000");
    expect(error.code).toBe("ADDRESS_NOT_AVAILABLE");
    expect(error.message).toBe('This machine has no address "203.0.113.7".');
    expect(error.hint).toContain("127.0.0.1");
    expect(error.hint).toContain("--bind :8000");
  });

  it("because its name has no address, is refused", async () => {
    // RFC 6761 §6.4: .invalid never resolves.
    const error = await refusal("nowhere.invalid:8000");
    expect(error.code).toBe("HOST_NOT_FOUND");
    expect(error.message).toBe('The host name "nowhere.invalid" has no address.');
  });

  const firstOpenPort = Number(readOr("/proc/sys/net/ipv4/ip_unprivileged_port_start", "1024"));
  it.runIf(process.platform === "linux" && firstOpenPort > 81)(
    "because it is a system port, is refused",
    async () => {
      const error = await asNobody(() => refusal("127.0.0.1:81"));
      expect(error.code).toBe("ADDRESS_PERMISSION");
      expect(error.message).toContain("port 81 of 127.0.0.1");
      expect(error.hint).toContain("--bind 127.0.0.1:8000");
    },
  );

  it("because the descriptor is closed, is refused", async () => {
    const error = await refusal("fd://98765");
    expect(error.code).toBe("DESCRIPTOR_UNUSABLE");
    expect(error.message).toContain("descriptor 98765 is not a listening socket");
  });

  it("because the descriptor is no socket, is refused and stays open", async () => {
    const file = openSync(import.meta.filename, "r");
    cleanups.push(() => closeSync(file));
    const error = await refusal(`fd://${file}`);
    expect(error.code).toBe("DESCRIPTOR_UNUSABLE");
    expect(fstatSync(file).isFile()).toBe(true);
  });
});

describe("an inherited socket", () => {
  it("is listened on under the address it has", async () => {
    const [started] = await startWithDescriptor("127.0.0.1:0");
    expect(started).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    const [host = "", port] = started.split(":");
    expect(await greeting({ host, port: Number(port) })).toBe("hello");
  });

  it("keeps its file when it is a Unix socket", async () => {
    const path = join(folder(), "outer.sock");
    const [started, child] = await startWithDescriptor(path);
    expect(started).toBe(`unix:${path}`);
    expect(await greeting({ path })).toBe("hello");
    child.stdin?.end("close");
    await once(child, "exit");
    expect(existsSync(path)).toBe(true);
  });
});

describe("a Unix socket", () => {
  it("is made with its mode, answers, and is removed when it closes", async () => {
    const path = join(folder(), "app.sock");
    const [listener] = await open(`unix:${path}`, { socketMode: 0o660 });
    expect(listener).toMatchObject({ serverName: "localhost", serverPort: "80", isUnix: true });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    expect(await greeting({ path })).toBe("hello");
    await listener?.close();
    expect(existsSync(path)).toBe(false);
  });

  it("has mode 0600 unless told otherwise, whatever the umask, and leaves the umask as it was", async () => {
    const path = join(folder(), "app.sock");
    const before = process.umask();
    await open(`unix:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(before);
  });

  it("takes the place of one whose server is gone", async () => {
    const path = join(folder(), "app.sock");
    const gone = await python(HOLD_SOCKET, path);
    gone.kill("SIGKILL");
    await once(gone, "exit");
    expect(lstatSync(path).isSocket()).toBe(true);
    await open(`unix:${path}`);
    expect(await greeting({ path })).toBe("hello");
  });

  it("is refused where a live server answers, whose process is named", async () => {
    const path = join(folder(), "app.sock");
    const holder = await python(HOLD_SOCKET, path);
    const error = await refusal(`unix:${path}`);
    expect(error.code).toBe("SOCKET_IN_USE");
    expect(error.message).toContain(`The Unix socket "${path}" is in use by `);
    expect(error.message).toContain(existsSync("/proc/net/unix") ? `(pid ${holder.pid})` : "another program");
    expect(lstatSync(path).isSocket()).toBe(true);
  });

  it("names this process when the live server is our own", async () => {
    const path = join(folder(), "app.sock");
    await open(`unix:${path}`);
    const error = await refusal(`unix:${path}`);
    expect(error.code).toBe("SOCKET_IN_USE");
    expect(error.message).toContain(
      existsSync("/proc/net/unix") ? `(pid ${process.pid})` : "another program",
    );
    expect(await greeting({ path })).toBe("hello");
  });

  it("goes to one of two servers that start at the same time", async () => {
    const path = join(folder(), "app.sock");
    const outcomes = await Promise.allSettled([open(`unix:${path}`), open(`unix:${path}`)]);
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await greeting({ path })).toBe("hello");
  });

  it("never replaces a file that is not a socket", async () => {
    const path = join(folder(), "precious");
    writeFileSync(path, "data");
    const error = await refusal(`unix:${path}`);
    expect(error.code).toBe("SOCKET_PATH_TAKEN");
    expect(readFileSync(path, "utf8")).toBe("data");
  });

  it("is not removed at the end when it is somebody else's by then", async () => {
    const path = join(folder(), "app.sock");
    const [listener] = await open(`unix:${path}`);
    renameSync(path, `${path}.moved`);
    await python(HOLD_SOCKET, path);
    await listener?.close();
    expect(lstatSync(path).isSocket()).toBe(true);
  });

  it("leaves nothing behind in its folder", async () => {
    const parent = folder();
    const path = join(parent, "app.sock");
    await open(`unix:${path}`);
    expect(readdirSync(parent)).toEqual(["app.sock"]);
  });

  it("may have the longest path that the system takes", async () => {
    const longest = process.platform === "linux" ? 107 : 103;
    const parent = folder();
    const fits = join(parent, "s".repeat(longest - parent.length - 1));
    await open(`unix:${fits}`);
    expect(await greeting({ path: fits })).toBe("hello");
    const error = await refusal(`unix:${fits}s`);
    expect(error.code).toBe("SOCKET_PATH_UNUSABLE");
    expect(error.message).toContain(
      `the path takes ${longest + 1} bytes, and this system's limit is ${longest}`,
    );
  });

  it("needs its folder", async () => {
    const path = join(folder(), "run", "app.sock");
    const error = await refusal(`unix:${path}`);
    expect(error.code).toBe("SOCKET_PATH_UNUSABLE");
    expect(error.hint).toBe(`mkdir -p "${join(path, "..")}"`);
    mkdirSync(join(path, ".."));
    expect(addresses(await open(`unix:${path}`))).toEqual([`unix:${path}`]);
  });

  it("carries HTTP", async () => {
    const path = join(folder(), "app.sock");
    const listeners = await openListeners([parseAddress(`unix:${path}`)], { log }, () =>
      createHttpServer((_request, response) => response.writeHead(204).end()),
    );
    cleanups.push(() => listeners[0]?.close());
    const status = await new Promise((settle) => {
      request({ socketPath: path, agent: false }, (response) => settle(response.statusCode)).end();
    });
    expect(status).toBe(204);
  });

  it("is removed when the process ends without closing it, and when it exits on an error", async () => {
    const path = join(folder(), "app.sock");
    const child = startCompiled(`
      const [listener] = await openListeners([parseAddress("unix:${path}")], { log }, greeter);
      console.log("ready");
      process.stdin.once("end", () => process.exit(3)).resume();`);
    await once(child.stdout, "data");
    expect(await greeting({ path })).toBe("hello");
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([3, null]);
    expect(existsSync(path)).toBe(false);
  });
});

describe("the links of a server", () => {
  it.runIf(hasIPv6)("show localhost once, and IPv6 in brackets", async () => {
    const listeners = await open(["localhost:0", "[::1]:0"]);
    const ports = listeners.map((listener) => listener.serverPort);
    expect(describeUrls(listeners)).toEqual([
      { label: "Local", url: `http://localhost:${ports[0]}` },
      { label: "Local", url: `http://[::1]:${ports[2]}` },
    ]);
  });

  it("of all IPv4 interfaces are loopback and the network's", async () => {
    const listeners = await open("0.0.0.0:0");
    const port = portOf(listeners);
    const network = interfaces.filter((entry) => entry.family === "IPv4" && !entry.internal);
    expect(describeUrls(listeners, "https")).toEqual([
      { label: "Local", url: `https://127.0.0.1:${port}` },
      ...network.map((entry) => ({ label: "Network", url: `https://${entry.address}:${port}` })),
    ]);
  });

  it.runIf(hasIPv6)("of every interface are localhost and all that a browser can use", async () => {
    const listeners = await open(":0");
    const port = portOf(listeners);
    const urls = describeUrls(listeners);
    expect(urls[0]).toEqual({ label: "Local", url: `http://localhost:${port}` });
    expect(urls.filter((entry) => entry.label === "Local")).toHaveLength(1);
    for (const { url } of urls) {
      expect(new URL(url).port).toBe(String(port));
    }
  });

  it("show a Unix socket as its address", async () => {
    const path = join(folder(), "app.sock");
    expect(describeUrls(await open(`unix:${path}`))).toEqual([{ label: "Socket", url: `unix:${path}` }]);
  });
});

function readOr(path: string, fallback: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : fallback;
}

/** Root may use every port: it becomes nobody for as long as the task takes. */
async function asNobody<T>(task: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) {
    return await task();
  }
  process.seteuid?.(65_534);
  try {
    return await task();
  } finally {
    process.seteuid?.(0);
  }
}
