/** Asks which version of the code answers. */
import { Agent, request } from "node:http";
import { versionIn } from "./projects.mjs";

/** A request that takes longer, in milliseconds, has failed. */
const TIMEOUT = 30_000;

/** @typedef {"fresh" | "kept"} ConnectionMode a connection for each request, or one for all. */

/** @typedef {{ version: number } | { failure: string }} Answer */

/** A client that sends one request after the other. */
export class Client {
  /** @type {Agent | false} */
  #agent;
  /** @type {import("node:net").Socket | null} */
  #socket = null;
  /** Connections that were opened. */
  connections = 0;

  /**
   * @param {number} port
   * @param {ConnectionMode} mode
   */
  constructor(port, mode) {
    this.port = port;
    this.#agent = mode === "kept" && new Agent({ keepAlive: true, maxSockets: 1 });
  }

  /** @returns {Promise<Answer>} */
  ask() {
    return new Promise((resolve) => {
      const outgoing = request({ host: "127.0.0.1", port: this.port, agent: this.#agent });
      outgoing.on("socket", (socket) => {
        if (socket !== this.#socket) this.connections += 1;
        this.#socket = socket;
      });
      outgoing.on("response", (response) => {
        let body = "";
        response.setEncoding("latin1").on("data", (text) => (body += text));
        response.on("end", () => resolve(judge(response.statusCode ?? 0, body)));
        response.on("error", (error) => resolve({ failure: nameOf(error) }));
      });
      outgoing.on("error", (error) => resolve({ failure: nameOf(error) }));
      outgoing.setTimeout(TIMEOUT, () => outgoing.destroy(new Error("timeout")));
      outgoing.end();
    });
  }

  close() {
    if (this.#agent !== false) this.#agent.destroy();
  }
}

/**
 * @param {number} status
 * @param {string} body
 * @returns {Answer}
 */
function judge(status, body) {
  const version = status === 200 ? versionIn(body) : null;
  if (version !== null) return { version };
  return { failure: status === 200 ? "another answer" : `status ${status}` };
}

/**
 * @param {Error} error
 * @returns {string}
 */
function nameOf(error) {
  const code = "code" in error ? error.code : undefined;
  if (code === "ECONNREFUSED") return "refused";
  // Node says "socket hang up", with the same code, when a connection ends without an answer.
  if (code === "ECONNRESET" || code === "EPIPE") return "reset";
  return error.message;
}
