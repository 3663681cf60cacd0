import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { PrivateFolder } from "../private-folder.ts";
import { HEADER_LENGTH, HELLO, PROTOCOL_VERSION } from "./protocol.ts";

/** A connection that says nothing is not a worker. */
const HELLO_TIMEOUT = 5_000;
const LARGEST_HELLO = 4096;

export type Purpose = "control" | "data";

/** Where a new worker connects, and what proves it; written to a pipe, never to its environment. */
export interface Ticket {
  readonly token: string;
  readonly path?: string;
  readonly port?: number;
}

/** Hears of the connections of one invited worker. */
export type Welcome = (purpose: Purpose, socket: Socket, pid: number) => void;

/**
 * The private address where workers connect: a Unix socket in a 0700 folder, or loopback TCP where
 * there are none. Every worker proves itself with a token of its own, so a stray process cannot
 * take the place of a worker even where the folder's mode is no protection.
 */
export class Rendezvous {
  readonly #folder: PrivateFolder = new PrivateFolder("highball-");
  readonly #server: Server;
  readonly #expected: Map<string, Welcome> = new Map();
  #address: { readonly path?: string; readonly port?: number } = {};

  private constructor() {
    this.#server = createServer((socket) => this.#greet(socket));
  }

  static async open(
    transport: "unix" | "tcp" = process.platform === "win32" ? "tcp" : "unix",
  ): Promise<Rendezvous> {
    const rendezvous = new Rendezvous();
    const server = rendezvous.#server;
    const path = join(rendezvous.folder, "gateway.sock");
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      if (transport === "unix") server.listen(path, resolve);
      else server.listen(0, "127.0.0.1", resolve);
    });
    rendezvous.#address = transport === "unix" ? { path } : { port: (server.address() as AddressInfo).port };
    return rendezvous;
  }

  /** Mode 0700; for the socket and for the workers' ledgers. */
  get folder(): string {
    return this.#folder.path;
  }

  /** Makes a token for one worker; `welcome` is called once for each connection it opens. */
  invite(welcome: Welcome): Ticket {
    const token = randomBytes(32).toString("hex");
    this.#expected.set(token, welcome);
    return { token, ...this.#address };
  }

  /** The token counts no more. */
  uninvite(token: string): void {
    this.#expected.delete(token);
  }

  /** Closes the address and removes the folder. */
  close(): void {
    this.#server.close();
    this.#folder.remove();
  }

  #greet(socket: Socket): void {
    const refuse = (): void => {
      socket.destroy();
    };
    const timer = setTimeout(refuse, HELLO_TIMEOUT);
    let received: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (received.length < HEADER_LENGTH) return;
      const end = HEADER_LENGTH + received.readUInt32LE(0);
      if (received[4] !== HELLO || end > LARGEST_HELLO) {
        refuse();
        return;
      }
      if (received.length < end) return;
      clearTimeout(timer);
      socket.removeListener("data", onData);
      socket.removeListener("error", refuse);
      // What follows is for whoever was invited: a quick worker is ready already.
      socket.pause();
      if (received.length > end) socket.unshift(received.subarray(end));
      if (this.#admit(socket, received.subarray(HEADER_LENGTH, end))) socket.resume();
      else refuse();
    };
    socket.on("error", refuse);
    socket.on("close", () => clearTimeout(timer));
    socket.on("data", onData);
  }

  #admit(socket: Socket, payload: Buffer): boolean {
    const hello = parseHello(payload);
    if (hello === null) return false;
    for (const [token, welcome] of this.#expected) {
      if (
        token.length === hello.token.length &&
        timingSafeEqual(Buffer.from(token), Buffer.from(hello.token))
      ) {
        welcome(hello.connection, socket, hello.pid);
        return true;
      }
    }
    return false;
  }
}

interface Hello {
  readonly token: string;
  readonly connection: Purpose;
  readonly pid: number;
}

function parseHello(payload: Buffer): Hello | null {
  let hello: unknown;
  try {
    hello = JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
  if (typeof hello !== "object" || hello === null) return null;
  const { version, token, connection, pid } = hello as Record<string, unknown>;
  if (version !== PROTOCOL_VERSION || typeof token !== "string" || typeof pid !== "number") return null;
  if (connection !== "control" && connection !== "data") return null;
  // Compared as bytes below: only ASCII has as many bytes as characters.
  if (!/^[0-9a-f]*$/.test(token)) return null;
  return { token, connection, pid };
}
