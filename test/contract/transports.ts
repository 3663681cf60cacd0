/** The ways to serve that every sentence of the contract must hold for. */
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve, type Server, type Options } from "../../src/index.ts";
import { apps, python } from "../support/environment.ts";
import { type Address, Client } from "../support/http-client.ts";
import { until } from "../support/processes.ts";
import { Stage } from "../support/stage.ts";

export interface Transport {
  readonly name: string;
  readonly socket: "tcp" | "unix";
  readonly workers: number;
  readonly threads: number;
  /** Where its workers come from; a cold start if it does not say. */
  readonly origin?: "fork" | "spare" | "off";
}

export const transports: readonly Transport[] = [
  { name: "TCP, 1 worker", socket: "tcp", workers: 1, threads: 1 },
  { name: "TCP, 2 workers", socket: "tcp", workers: 2, threads: 1 },
  { name: "TCP, 1 worker of 4 threads", socket: "tcp", workers: 1, threads: 4 },
  { name: "TCP, 2 workers of 4 threads", socket: "tcp", workers: 2, threads: 4 },
  { name: "Unix socket, 1 worker", socket: "unix", workers: 1, threads: 1 },
  { name: "Unix socket, 2 workers of 2 threads", socket: "unix", workers: 2, threads: 2 },
  { name: "TCP, reloaded, forked from the zygote", socket: "tcp", workers: 2, threads: 2, origin: "fork" },
  { name: "TCP, reloaded, spare interpreter", socket: "tcp", workers: 1, threads: 2, origin: "spare" },
  { name: "TCP, reloaded, without a zygote", socket: "tcp", workers: 1, threads: 2, origin: "off" },
];

/** What the log says when the next load finds what it is about to be made from. */
const PREPARED = { fork: "The zygote is ready.", spare: "A spare interpreter is ready.", off: "is ready." };

/** A server that runs an application of test/apps, and what a test needs around it. */
export class Fixture {
  readonly server: Server;
  readonly stage: Stage;
  /** A folder of the test's own, removed at the end. */
  readonly folder: string;
  readonly #address: Address;
  #clients: Client[] = [];

  private constructor(server: Server, stage: Stage, folder: string, address: Address) {
    this.server = server;
    this.stage = stage;
    this.folder = folder;
    this.#address = address;
  }

  static async start(transport: Transport, settings: Options): Promise<Fixture> {
    const folder = await mkdtemp(join(tmpdir(), "highball-contract-"));
    const stage = await Stage.open();
    const path = join(folder, "socket");
    const output = join(folder, "output");
    const interpreter = join(folder, "python");
    // What the application prints must be seen by the test, and not by who reads the test's output.
    await writeFile(interpreter, `#!/bin/sh\nexec "${settings.python ?? python}" "$@" >>"${output}" 2>&1\n`);
    await chmod(interpreter, 0o755);
    const server = await serve({
      chdir: apps,
      bind: [transport.socket === "tcp" ? "127.0.0.1:0" : `unix:${path}`],
      workers: transport.workers,
      threads: transport.threads,
      errorLogfile: join(folder, "error.log"),
      ...(transport.origin === undefined
        ? {}
        : { reload: true, zygote: transport.origin, logLevel: "debug" }),
      ...settings,
      python: interpreter,
      env: { PYTHONDONTWRITEBYTECODE: "1", STAGE: stage.path, ...settings.env },
    });
    const address: Address = transport.socket === "tcp" ? { host: "127.0.0.1", port: server.port } : { path };
    const fixture = new Fixture(server, stage, folder, address);
    if (transport.origin !== undefined) await fixture.#reload(PREPARED[transport.origin]);
    return fixture;
  }

  /** Loads the application again, so that the workers that serve are of the kind that is wanted. */
  async #reload(prepared: string): Promise<void> {
    const logged = (text: string): Promise<void> =>
      until(() => readFileSync(join(this.folder, "error.log"), "utf8").includes(text), 30_000);
    await logged(prepared);
    this.server.reload();
    await logged(" * Ready after");
  }

  /** A new connection, destroyed by `settle` if the test leaves it open. */
  async connect(): Promise<Client> {
    const client = await Client.connect(this.#address);
    this.#clients.push(client);
    return client;
  }

  /** What Highball itself has logged so far. */
  log(): Promise<string> {
    return readFile(join(this.folder, "error.log"), "utf8").catch(() => "");
  }

  /** What the workers have written to standard output and standard error so far. */
  output(): Promise<string> {
    return readFile(join(this.folder, "output"), "utf8").catch(() => "");
  }

  /** Resolves once the gateway has seen everything that was sent to it before: no worker is asked. */
  async seen(): Promise<void> {
    const client = await this.connect();
    client.send("not HTTP\r\n\r\n");
    await client.rest();
  }

  /** After each test: nothing of it may wait in the server for the next. */
  settle(): void {
    for (const client of this.#clients) client.destroy();
    this.#clients = [];
    this.stage.clear();
  }

  async close(): Promise<void> {
    this.settle();
    await this.server.close();
    await this.stage.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
