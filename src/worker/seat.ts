import { closeSync, ftruncateSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Purpose, Rendezvous, Ticket, Welcome } from "./rendezvous.ts";

/** Where a worker connects, what proves it, and the page that survives it. */
export interface Invitation extends Ticket {
  readonly ledger: string;
}

/** What a worker has left behind on its page. */
export interface Ledger {
  /** Id of the last request that was started; 0 for none. */
  readonly lastStarted: number;
  /** Frames of responses that were made and not sent. */
  readonly responses: Buffer;
  /** Where it stood when a signal killed it, as Python's faulthandler has written it; empty if it has not. */
  readonly lastStack: string;
}

/** Layout in python/highball/worker/ledger.py: last id, length of the responses, the responses. */
const LEDGER_SIZE = 65_536;
const LEDGER_START = 8;
/** Of what faulthandler has written; it cuts each thread at a hundred frames itself. */
const LARGEST_STACK = 64 * 1024;

interface Guest {
  readonly purpose: Purpose;
  readonly socket: Socket;
  readonly pid: number;
}

/**
 * A place for a worker: its invitation, its page, and the connections that it has opened.
 *
 * A process that waits for something to load takes its seat before there is a worker to host it, so that
 * the load has neither to wait for the page to be made nor for connections.
 */
export class Seat {
  readonly invitation: Invitation;
  readonly #rendezvous: Rendezvous;
  /** Null once there is a host. */
  #guests: Guest[] | null = [];
  #host: Welcome | null = null;

  constructor(rendezvous: Rendezvous) {
    this.#rendezvous = rendezvous;
    const ticket = rendezvous.invite((purpose, socket, pid) => this.#welcome({ purpose, socket, pid }));
    const ledger = join(rendezvous.folder, `ledger-${ticket.token.slice(0, 16)}`);
    this.invitation = { ...ticket, ledger };
    const page = openSync(ledger, "w", 0o600);
    ftruncateSync(page, LEDGER_SIZE);
    closeSync(page);
  }

  /** From now on `host` hears of the connections: of those that there are at once. */
  take(host: Welcome): void {
    const guests = this.#guests ?? [];
    this.#guests = null;
    this.#host = host;
    for (const { purpose, socket, pid } of guests) if (!socket.destroyed) host(purpose, socket, pid);
  }

  /** Nobody may connect any more. */
  close(): void {
    this.#rendezvous.uninvite(this.invitation.token);
  }

  /** No worker will take it: whoever has come is sent away. */
  abandon(): void {
    this.close();
    for (const { socket } of this.#guests ?? []) socket.destroy();
    rmSync(this.invitation.ledger, { force: true });
    rmSync(this.#crash, { force: true });
  }

  /** Reads the page; to be called once, when the worker is dead. */
  readLedger(): Ledger {
    const path = this.invitation.ledger;
    try {
      const page = readFileSync(path);
      const length = Math.min(page.readUInt32LE(4), LEDGER_SIZE - LEDGER_START);
      return {
        lastStarted: page.readUInt32LE(0),
        responses: page.subarray(LEDGER_START, LEDGER_START + length),
        lastStack: takeStart(this.#crash),
      };
    } catch {
      return { lastStarted: 0, responses: Buffer.alloc(0), lastStack: takeStart(this.#crash) };
    } finally {
      rmSync(path, { force: true });
    }
  }

  /** Where faulthandler writes, if the worker was told to debug. */
  get #crash(): string {
    return `${this.invitation.ledger}.crash`;
  }

  #welcome(guest: Guest): void {
    if (this.#host !== null) {
      this.#host(guest.purpose, guest.socket, guest.pid);
      return;
    }
    // It says nothing before it is told something; that it has gone must not be an uncaught error.
    guest.socket.on("error", () => guest.socket.destroy());
    this.#guests?.push(guest);
  }
}

/** Reads a file, or its beginning if it is large, and removes it; empty if there is none. */
function takeStart(path: string): string {
  try {
    const file = openSync(path, "r");
    const content = Buffer.alloc(LARGEST_STACK);
    const length = readSync(file, content);
    closeSync(file);
    rmSync(path, { force: true });
    return content.toString("utf8", 0, length).trimEnd();
  } catch {
    return "";
  }
}
