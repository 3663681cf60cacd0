/**
 * Every process that the benchmark starts goes through here, so that every one of them can be ended:
 * by its id, when its measurement is over, when the run fails, and when the user presses Ctrl+C.
 */
import { spawn } from "node:child_process";
import { processTree, readStatus } from "./process-tree.mjs";

/** How long a server may take to end after SIGTERM before it is killed, in milliseconds. */
const GRACE = 3000;

/** @type {Set<Child>} */
const running = new Set();

/** A child process, what it printed last, and how it ended. */
export class Child {
  #output = "";
  /** The tree as it was when it was last looked at: children outlive a parent that is killed. */
  #tree = /** @type {import("./process-tree.mjs").ProcessStatus[]} */ ([]);

  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, ipc?: boolean }} [options]
   */
  constructor(command, args, options = {}) {
    this.process = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      // Its own session: Ctrl+C in the terminal reaches the benchmark alone, which then ends the others,
      // and what outlives its parent can still be found.
      detached: true,
      // JSON would turn NaN, no latency at all, into null.
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", ...(options.ipc === true ? [/** @type {const} */ ("ipc")] : [])],
    });
    running.add(this);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => (this.#output = (this.#output + text).slice(-20_000)));
    }
    /** @type {Promise<string | null>} what was wrong with its end, or null for exit status 0. */
    this.ended = new Promise((resolve) => {
      this.process.once("error", (error) => {
        running.delete(this);
        resolve(error.message);
      });
      this.process.once("close", (code, signal) => {
        running.delete(this);
        resolve(code === 0 ? null : signal === null ? `exit status ${code}` : `ended by ${signal}`);
      });
    });
  }

  /** @returns {number} */
  get pid() {
    return this.process.pid ?? -1;
  }

  /** @returns {boolean} */
  get alive() {
    return (
      this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null
    );
  }

  /** @returns {string} the last 20,000 characters that it printed. */
  get output() {
    return this.#output;
  }

  /** SIGTERM, then after three seconds SIGKILL for it and its descendants. */
  async stop() {
    if (this.process.pid === undefined) return;
    this.#tree = processTree(this.pid);
    if (this.alive) this.process.kill("SIGTERM");
    const deadline = setTimeout(() => this.kill(), GRACE);
    await this.ended;
    clearTimeout(deadline);
    this.kill();
  }

  /** SIGKILL, at once, for it and every descendant that is or was there. */
  kill() {
    if (this.process.pid === undefined) return;
    for (const { pid, started } of [...this.#tree, ...processTree(this.pid)]) {
      // The id may belong to another process by now.
      if (readStatus(pid)?.started !== started) continue;
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
  }
}

/** @returns {Promise<void>} when every child has ended. */
export async function stopAll() {
  await Promise.all([...running].map((child) => child.stop()));
}

/** End the children however this process ends: Ctrl+C, SIGTERM, a failure. */
export function cleanUpAtExit() {
  let stopping = false;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      const status = 128 + { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }[signal];
      if (stopping) process.exit(status);
      stopping = true;
      void stopAll().then(() => process.exit(status));
    });
  }
  process.on("exit", () => {
    for (const child of running) child.kill();
  });
}
