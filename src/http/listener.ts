import { once } from "node:events";
import { Server, type ListenOptions } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

import type { Log } from "../log.ts";
import { formatAddress, type Address } from "../settings/address.ts";

/** One socket that accepts connections. */
export interface Listener {
  readonly server: Server;
  /**
   * Where it really listens: port 0 is resolved, `localhost` and `::` have become one address each,
   * a descriptor has become the address it is bound to (but for Unix sockets where /proc is missing).
   */
  readonly address: Address;
  /** SERVER_NAME (RFC 3875 §4.1.14): the host as it was written, IPv6 in brackets; `localhost` on a Unix socket. */
  readonly serverName: string;
  /** SERVER_PORT (RFC 3875 §4.1.15): `80` on a Unix socket, which has none. */
  readonly serverPort: string;
  readonly isUnix: boolean;
  /**
   * Stops accepting once every connection that the kernel has already completed has been accepted,
   * and removes the socket file if it is still this listener's.
   *
   * Connections go on: they are the caller's to answer and to close.
   */
  close(): Promise<void>;
}

/** What every kind of listener is opened with. */
export interface ListenContext {
  readonly backlog: number;
  readonly log: Log;
  readonly makeServer: () => Server;
}

/** Listens, or rejects with the system's error. */
export async function listen(server: Server, options: ListenOptions & { fd?: number }): Promise<void> {
  const listening = once(server, "listening");
  server.listen(options);
  await listening;
}

/**
 * Closes the listening socket and nothing else.
 *
 * A closed listening socket resets the connections that wait in its queue, so the queue is emptied
 * first. libuv accepts one connection a turn of the event loop (since 1.45), hence as many turns as
 * there are connections; those that arrive meanwhile count too, but no more than the queue can hold.
 * `http.Server.close()` would also end connections whose first request is still on its way, hence
 * the method of `net.Server`.
 */
export async function stopAccepting(server: Server, backlog: number): Promise<void> {
  const queue = { left: backlog + 1, isEmpty: false };
  const count = (): void => {
    queue.left -= 1;
    queue.isEmpty = false;
  };
  server.on("connection", count);
  // What is left of this turn may not look at the socket again.
  await turn();
  while (server.listening && !queue.isEmpty && queue.left > 0) {
    queue.isEmpty = true;
    await turn();
  }
  server.off("connection", count);
  if (server.listening) {
    Server.prototype.close.call(server);
  }
}

/** Without a listener for it, one failed accept (no descriptors left) would end the process. */
export function reportAcceptErrors(server: Server, address: Address, log: Log): void {
  server.on("error", (error) => {
    log.error(`Cannot accept a connection on ${formatAddress(address)}: ${error.message}`);
  });
}
