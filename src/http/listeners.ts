import { fstatSync } from "node:fs";
import type { Server } from "node:net";

import { HighballError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Address, DescriptorAddress } from "../settings/address.ts";
import { formatAddress } from "../settings/address.ts";
import { listen, reportAcceptErrors, type ListenContext, type Listener } from "./listener.ts";
import { findSocketPath } from "./port-holder.ts";
import { openTcp, tcpListener } from "./tcp-listener.ts";
import { openUnix, unixListener } from "./unix-socket.ts";

export type { Listener } from "./listener.ts";
export { describeUrls, type LabelledUrl } from "./listener-urls.ts";

export interface ListenersOptions {
  /** Connections that may wait to be accepted; the system has a limit of its own. @defaultValue 2048 */
  readonly backlog?: number;
  /** Mode of Unix socket files. @defaultValue 0o600 */
  readonly socketMode?: number;
  /** Take one of the next 20 ports when one is in use, with a warning. @defaultValue false */
  readonly portFallback?: boolean;
  readonly log: Log;
}

/**
 * Listens on every address, or on none: when one fails, those already open are closed.
 *
 * One address may become two listeners (`localhost`, `:8000`), each with a server of its own;
 * addresses that name the same socket twice get one.
 *
 * @param makeServer called once a listener, for example `() => http.createServer(handler)`
 * @throws HighballError for everything that the system may refuse
 */
export async function openListeners(
  addresses: readonly Address[],
  options: ListenersOptions,
  makeServer: () => Server,
): Promise<Listener[]> {
  const context: ListenContext = { backlog: options.backlog ?? 2048, log: options.log, makeServer };
  const listeners: Listener[] = [];
  try {
    for (const address of addresses) {
      listeners.push(...(await openListener(address, context, options, listeners)));
    }
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }
  return listeners;
}

async function openListener(
  address: Address,
  context: ListenContext,
  options: ListenersOptions,
  opened: readonly Listener[],
): Promise<Listener[]> {
  switch (address.kind) {
    case "tcp": {
      const sockets = opened.flatMap((listener) =>
        listener.address.kind === "tcp" ? [`${listener.address.host} ${listener.address.port}`] : [],
      );
      return await openTcp(address, context, new Set(sockets), options.portFallback ?? false);
    }
    case "unix":
      return [await openUnix(address, context, options.socketMode ?? 0o600)];
    case "fd":
      return [await openDescriptor(address, context)];
    default:
      return address satisfies never;
  }
}

/** The socket belongs to whoever opened it: its file, if it has one, is never removed. */
async function openDescriptor(address: DescriptorAddress, context: ListenContext): Promise<Listener> {
  const server = context.makeServer();
  try {
    // A handle closes its descriptor when it fails, and a wrong number may be one of Node's own.
    if (!fstatSync(address.fd).isSocket()) {
      throw new TypeError("not a socket");
    }
    await listen(server, { fd: address.fd, backlog: context.backlog });
  } catch (error) {
    throw new HighballError(
      "DESCRIPTOR_UNUSABLE",
      `Cannot listen on "${formatAddress(address)}": descriptor ${address.fd} is not a listening socket.`,
      { hint: "systemd passes its sockets from descriptor 3 on: --bind fd://3", cause: error },
    );
  }
  const bound = server.address();
  const { backlog } = context;
  const path = findSocketPath(address.fd);
  const listener =
    typeof bound === "object" && bound !== null
      ? tcpListener(server, bound.address, bound.address, backlog)
      : unixListener(server, path === null ? address : { kind: "unix", path }, backlog, () => undefined);
  reportAcceptErrors(server, listener.address, context.log);
  return listener;
}
