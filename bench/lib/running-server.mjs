/** Start a server of the comparison, wait until it answers, and look after its processes. */
import { connect, createServer } from "node:net";
import { Child } from "./children.mjs";
import { applicationsFolder, pythonFolder } from "./paths.mjs";
import { cpuBetween, readCpu } from "./process-tree.mjs";
import { serverNamed } from "./servers.mjs";

/** How long a server may take to its first answer, in milliseconds. */
const START_LIMIT = 20_000;

/** @returns {Promise<number>} a port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/**
 * Ask once, on a connection of its own.
 *
 * @param {number} port
 * @param {string} path
 * @returns {Promise<boolean>} whether the answer was 200.
 */
export function answers(port, path) {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    let head = "";
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    socket.setEncoding("latin1").on("data", (text) => {
      head += text;
      if (head.length < 12) return;
      socket.destroy();
      resolve(/^HTTP\/1\.[01] 200/.test(head));
    });
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
  });
}

/** A server that answers. */
export class RunningServer {
  /**
   * @param {string} name
   * @param {number} port
   * @param {Child} child
   */
  constructor(name, port, child) {
    this.name = name;
    this.port = port;
    this.child = child;
  }

  /**
   * @param {string} name
   * @param {string} application `module:name`, of bench/apps.
   * @param {{ large?: boolean, path?: string }} [options] `large`: for bodies of gigabytes; `path` that answers 200.
   * @returns {Promise<RunningServer>}
   */
  static async start(name, application, { large = false, path = "/" } = {}) {
    const server = RunningServer.launch(name, application, await freePort(), large);
    try {
      await server.answering(path, 20);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /**
   * @param {string} name
   * @param {string} application
   * @param {number} port
   * @param {boolean} large
   * @returns {RunningServer} that may not answer yet.
   */
  static launch(name, application, port, large) {
    const { command, largeBodies = [] } = serverNamed(name);
    const [program, ...args] = command(application, port);
    // Options come before the application, which is the last argument where there are any to add.
    if (large) args.splice(-1, 0, ...largeBodies);
    const child = new Child(program, args, {
      cwd: applicationsFolder,
      env: {
        PATH: `${pythonFolder}:${process.env["PATH"]}`,
        HOME: process.env["HOME"],
        LANG: "C.UTF-8",
      },
    });
    return new RunningServer(name, port, child);
  }

  /**
   * @param {string} path
   * @param {number} every milliseconds between attempts.
   */
  async answering(path, every) {
    const limit = Date.now() + START_LIMIT;
    while (!(await answers(this.port, path))) {
      if (!this.child.alive || Date.now() > limit) {
        throw new Error(`${this.name} does not answer: ${this.child.output.trim().slice(-600)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  /**
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<{ result: Result, cpu: import("./process-tree.mjs").CpuUse }>} and what it cost the server.
   */
  async countingCpu(work) {
    const before = readCpu(this.child.pid);
    const result = await work();
    return { result, cpu: cpuBetween(this.child.pid, before, readCpu(this.child.pid)) };
  }

  /** @returns {Promise<void>} */
  stop() {
    return this.child.stop();
  }
}
