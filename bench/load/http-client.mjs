/**
 * A keep-alive HTTP/1.1 connection that does no more than a load generator needs, so that its own
 * cost and its own jitter stay far below what is measured: one request at a time, bodies counted
 * and dropped.
 */
import { connect } from "node:net";

const BLANK_LINE = Buffer.from("\r\n\r\n");

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {number} bytes of the body, decoded.
 * @property {string} text the first 200 bytes of the body.
 */

/** @typedef {(error: Error | null, answer: Answer | null) => void} Done */

/** Clock of all latencies: milliseconds, the same in every thread of every process of a machine. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** One connection to a server; it connects again by itself when the server closed it in between. */
export class Connection {
  /** How often this has connected. */
  connects = 0;
  /** @type {import("node:net").Socket | null} */
  #socket = null;
  /** @type {Done | null} */
  #done = null;
  /** Bytes of a head or of a chunk's size line that are not complete yet. */
  #partial = /** @type {Buffer} */ (Buffer.alloc(0));
  #status = 0;
  #bytes = 0;
  #text = "";
  /** Bytes of the body (or of the chunk) still to come; null while a head or a size line is awaited. */
  #remaining = /** @type {number | null} */ (null);
  #chunked = false;
  #close = false;

  /** @param {number} port */
  constructor(port) {
    this.port = port;
  }

  /** @returns {boolean} whether a request is on its way. */
  get busy() {
    return this.#done !== null;
  }

  /** @returns {boolean} */
  get open() {
    return this.#socket !== null;
  }

  /** @returns {Promise<void>} */
  opened() {
    const socket = this.#connected();
    if (!socket.connecting) return Promise.resolve();
    return new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("close", () => reject(new Error("the server closed the connection at once")));
    });
  }

  /**
   * @param {string | Buffer} head the bytes of a whole request, or of its head when more is written later.
   * @param {Done} done
   */
  request(head, done) {
    this.#done = done;
    this.#status = 0;
    this.#bytes = 0;
    this.#text = "";
    this.#remaining = null;
    this.#chunked = false;
    this.#connected().write(head, "latin1");
  }

  /**
   * @param {Buffer} piece of the request's body.
   * @returns {Promise<void>} when more may be written.
   */
  async write(piece) {
    const socket = this.#socket;
    if (socket === null || socket.write(piece)) return;
    await new Promise((resolve) => {
      const proceed = () => {
        socket.off("drain", proceed);
        socket.off("close", proceed);
        resolve(undefined);
      };
      socket.on("drain", proceed);
      socket.on("close", proceed);
    });
  }

  destroy() {
    this.#done = null;
    this.#socket?.destroy();
  }

  /** @returns {import("node:net").Socket} */
  #connected() {
    if (this.#socket !== null) return this.#socket;
    this.connects += 1;
    const socket = connect({ host: "127.0.0.1", port: this.port, noDelay: true });
    this.#socket = socket;
    this.#partial = Buffer.alloc(0);
    socket.on("data", (data) => {
      try {
        this.#read(data);
      } catch (error) {
        this.#finish(error instanceof Error ? error : new Error(String(error)));
        socket.destroy();
      }
    });
    socket.on("error", (error) => this.#lost(socket, error));
    socket.on("close", () => this.#lost(socket, new Error("the server closed the connection")));
    return socket;
  }

  /**
   * @param {import("node:net").Socket} socket
   * @param {Error} error
   */
  #lost(socket, error) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#finish(error);
  }

  /** @param {Error | null} error */
  #finish(error) {
    const done = this.#done;
    if (done === null) return;
    this.#done = null;
    if (error === null && this.#close) {
      this.#socket?.destroy();
      this.#socket = null;
    }
    done(error, error === null ? { status: this.#status, bytes: this.#bytes, text: this.#text } : null);
  }

  /** @param {Buffer} data */
  #read(data) {
    let rest = this.#partial.length === 0 ? data : Buffer.concat([this.#partial, data]);
    this.#partial = rest.subarray(0, 0);
    while (rest.length > 0) {
      if (this.#done === null) throw new Error("bytes after the end of the answer");
      if (this.#remaining !== null && this.#remaining > 0) {
        const part = rest.subarray(0, this.#remaining);
        if (this.#text.length < 200) this.#text += part.toString("latin1", 0, 200);
        this.#bytes += part.length;
        this.#remaining -= part.length;
        rest = rest.subarray(part.length);
        if (this.#remaining === 0 && !this.#chunked) this.#finish(null);
        continue;
      }
      const used = this.#status === 0 ? this.#readHead(rest) : this.#readChunkSize(rest);
      if (used === 0) {
        this.#partial = rest;
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /**
   * @param {Buffer} data
   * @returns {number} bytes used; 0 when the head is not complete.
   */
  #readHead(data) {
    const end = data.indexOf(BLANK_LINE);
    if (end === -1) return 0;
    const head = data.toString("latin1", 0, end);
    if (head.startsWith("HTTP/1.1 1")) return end + 4;
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
    if (status === undefined) throw new Error(`not an HTTP answer: ${JSON.stringify(head.slice(0, 40))}`);
    this.#status = Number(status);
    this.#close = /^connection: *close/im.test(head) || head.startsWith("HTTP/1.0");
    this.#chunked = /^transfer-encoding: *chunked/im.test(head);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (!this.#chunked && length === undefined) throw new Error("an answer without a length");
    this.#remaining = this.#chunked ? null : Number(length);
    if (this.#remaining === 0) this.#finish(null);
    return end + 4;
  }

  /**
   * @param {Buffer} data at a chunk's size line, or at the CRLF that ends the chunk before it.
   * @returns {number} bytes used; 0 when the line is not complete.
   */
  #readChunkSize(data) {
    const begin = this.#remaining === 0 ? 2 : 0;
    const end = data.indexOf("\r\n", begin);
    if (end === -1) return 0;
    const size = Number.parseInt(data.toString("latin1", begin, end), 16);
    if (Number.isNaN(size)) throw new Error("not a chunk's size");
    this.#remaining = size;
    if (size > 0) return end + 2;
    // The last chunk; no server of the comparison sends trailers.
    if (data.length < end + 4) {
      this.#remaining = begin === 2 ? 0 : null;
      return 0;
    }
    this.#finish(null);
    return end + 4;
  }
}
