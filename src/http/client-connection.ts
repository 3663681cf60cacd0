import type { Socket } from "node:net";
import type { Connection } from "./environ.ts";
import { renderAnswer } from "./error-page.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { Rejection } from "./policy.ts";

/**
 * Milliseconds that a connection is read on after an answer that its client may not have seen yet:
 * without a byte from it, and in all (a client that first sends all it has takes its time).
 */
const LINGER = 2_000;
const LONGEST_LINGER = 30_000;
/** Requests that may wait behind a running one before the connection is read no further. */
const PIPELINED = 64;

/** One client's connection and the exchanges on it, oldest first. */
export class ClientConnection {
  readonly gateway: Gateway;
  readonly socket: Socket;
  readonly description: Connection;
  /** No further request is taken from this connection. */
  closing = false;
  /** A refusal was its last word: what the parser still finds, or cannot read, changes nothing. */
  refused = false;
  /** It has carried a request. */
  used = false;
  /** When it was first found idle; null while it is not. */
  idleSince: number | null = null;
  /** Where `Connections` keeps it. */
  place = 0;
  readonly #exchanges: Exchange[] = [];
  #refusal: Rejection | null = null;

  constructor(gateway: Gateway, socket: Socket, description: Connection) {
    this.gateway = gateway;
    this.socket = socket;
    this.description = description;
    // Node takes its own listener away with CONNECT: then a client's reset would end the process.
    socket.on("error", ignore);
    socket.once("close", () => {
      while (this.#exchanges[0] !== undefined) this.#exchanges[0].abandon();
      gateway.forget(this);
    });
  }

  /** For messages: `127.0.0.1:51234`, or `a Unix socket`. */
  get name(): string {
    const { remoteAddress, remotePort } = this.description.peer;
    return remoteAddress === "" ? "a Unix socket" : `${remoteAddress}:${remotePort}`;
  }

  /** The client is on this machine. */
  get isLocal(): boolean {
    const { remoteAddress } = this.description.peer;
    return remoteAddress === "" || remoteAddress === "::1" || remoteAddress.startsWith("127.");
  }

  /** Whether no exchange came after this one. */
  isNewest(exchange: Exchange): boolean {
    return this.#exchanges.at(-1) === exchange;
  }

  /** The exchange that came last: only its body can still be arriving. */
  get newest(): Exchange | undefined {
    return this.#exchanges.at(-1);
  }

  get idle(): boolean {
    return this.#exchanges.length === 0;
  }

  add(exchange: Exchange): void {
    this.used = true;
    this.idleSince = null;
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > PIPELINED) readOn(this.socket, false);
  }

  remove(exchange: Exchange): void {
    if (this.#exchanges[0] === exchange) {
      this.#exchanges.shift(); // nearly always, and without the array that splice makes
    } else {
      const index = this.#exchanges.indexOf(exchange);
      if (index < 0) return;
      this.#exchanges.splice(index, 1);
    }
    if (this.#exchanges.length === PIPELINED) readOn(this.socket, true);
    // Not now: the response that has just ended gives up the socket after this.
    if (this.#refusal !== null && this.idle) queueMicrotask(() => this.#sendRefusal());
  }

  /** The parser can make nothing of what comes: answered after what is due before it. */
  refuse(rejection: Rejection): void {
    if (this.refused) return;
    const newest = this.#exchanges.at(-1);
    if (newest !== undefined && !newest.request.complete) {
      newest.reject(rejection); // it is this request's body that is wrong
      return;
    }
    this.#refusal = rejection;
    this.refused = true;
    if (this.idle) this.#sendRefusal();
  }

  /** Ends a connection that idles. */
  end(): void {
    this.closing = true;
    this.socket.destroySoon();
  }

  /** What comes after this is not read (RFC 9112 §9.6); what is due is still answered. */
  readNoMore(): void {
    this.closing = true;
    const newest = this.#exchanges.at(-1);
    if (newest === undefined || !newest.request.complete) this.socket.destroy();
  }

  /**
   * Ends a connection whose client may still be sending: closing it at once would make the kernel
   * reset it, and the client would lose the answer (RFC 9112 §9.6).
   */
  linger(): void {
    const { socket } = this;
    this.closing = true;
    socket.end();
    const end = performance.now() + LONGEST_LINGER;
    let { bytesRead } = socket;
    const timer = setInterval(() => {
      if (socket.bytesRead === bytesRead || performance.now() >= end) socket.destroy();
      ({ bytesRead } = socket);
    }, LINGER);
    socket.once("close", () => clearInterval(timer));
    readOn(socket, true);
  }

  #sendRefusal(): void {
    const refusal = this.#refusal;
    if (refusal === null || !this.socket.writable) return;
    this.#refusal = null;
    const { gateway } = this;
    gateway.log.warning(`Refused a request from ${this.name}: ${refusal.status}, ${refusal.reason}`);
    const { text, bytes } = renderAnswer(refusal, { keepAlive: false, withBody: true });
    this.socket.write(text, "latin1");
    gateway.accessLog?.write({
      remoteAddress: this.description.peer.remoteAddress,
      method: "-",
      target: "-",
      protocol: "-",
      status: refusal.status,
      bytes,
      startedAt: Date.now(),
      duration: 0,
      pid: 0,
      rawHeaders: [],
      responseHead: "",
      environ: null,
    });
    this.linger();
  }
}

/** A connection that fails is closed next, and that is what counts. */
function ignore(): void {}

/** What Node's server keeps with a socket, and sets itself when the responses of a connection pile up. */
interface ServedSocket extends Socket {
  _paused?: boolean;
  parser?: { resume(): void } | null;
}

/** Pauses or resumes in the way of Node's server, which else resumes a socket after every message. */
function readOn(socket: ServedSocket, yes: boolean): void {
  if (!yes) {
    socket._paused = true;
    socket.pause();
    return;
  }
  if (socket._paused === true) socket.parser?.resume();
  socket._paused = false;
  socket.resume();
}
