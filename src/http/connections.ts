import type { Socket } from "node:net";
import type { ClientConnection } from "./client-connection.ts";

const KEY: unique symbol = Symbol("highball.connection");

interface KnownSocket extends Socket {
  [KEY]?: ClientConnection;
}

/** The connection that came with a socket; undefined for a socket that the gateway does not know. */
export function connectionOf(socket: Socket): ClientConnection | undefined {
  return (socket as KnownSocket)[KEY];
}

/**
 * The connections that are open, in no order.
 *
 * An array, and no Map by socket: each request would pay for the search, and the old tables of a Map
 * whose entries come and go keep them alive (see `worker/in-flight.ts`).
 */
export class Connections implements Iterable<ClientConnection> {
  readonly #open: ClientConnection[] = [];

  get size(): number {
    return this.#open.length;
  }

  add(connection: ClientConnection): void {
    connection.place = this.#open.length;
    this.#open.push(connection);
    (connection.socket as KnownSocket)[KEY] = connection;
  }

  /** To be called once for each. */
  delete(connection: ClientConnection): void {
    const last = this.#open.pop();
    if (last === undefined || last === connection) return;
    this.#open[connection.place] = last;
    last.place = connection.place;
  }

  [Symbol.iterator](): Iterator<ClientConnection> {
    return this.#open[Symbol.iterator]();
  }
}
