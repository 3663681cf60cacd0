import { lookup } from "node:dns/promises";
import { createServer, isIP } from "node:net";

import { HighballError } from "../errors.ts";
import { bracketed, formatAddress, type TcpAddress } from "../settings/address.ts";
import { addressInUse, explainTcpError, systemCode } from "./listen-errors.ts";
import { listen, reportAcceptErrors, stopAccepting, type ListenContext, type Listener } from "./listener.ts";
import { describeHolder, findPortHolder } from "./port-holder.ts";

/** Ports tried after the one that was asked for; and tries to find one port that is free on all hosts. */
const PORTS_TO_TRY = 20;

/** An EADDRINUSE, and on which of several hosts. */
class PortTaken extends Error {
  readonly address: TcpAddress;

  constructor(address: TcpAddress) {
    super(`${formatAddress(address)} is in use`);
    this.address = address;
  }
}

/**
 * Listens on every address that a host stands for, on one port.
 *
 * `localhost` is 127.0.0.1 and ::1, whatever the hosts file says, so that no client waits for the
 * wrong family to time out; `::` is every address of both families. IPv6 sockets never take IPv4
 * (IPV6_V6ONLY, RFC 3493 §5.3): each family has its own, so clients keep their own form of address
 * (`127.0.0.1`, not `::ffff:127.0.0.1`). A family that the machine lacks is left out.
 *
 * @param open what this server listens on already, as `HOST PORT`; those are left out
 * @param fallback take one of the next ports when this one is in use
 */
export async function openTcp(
  address: TcpAddress,
  context: ListenContext,
  open: ReadonlySet<string>,
  fallback: boolean,
): Promise<Listener[]> {
  const hosts = await hostsOf(address);
  try {
    return await openOnOnePort(hosts, address, context, open);
  } catch (error) {
    if (!(error instanceof PortTaken)) {
      throw error;
    }
    return await openElsewhere(error.address, hosts, address, context, fallback);
  }
}

/** The port is taken: finds the next free one, to listen on it or to name it in the error. */
async function openElsewhere(
  taken: TcpAddress,
  hosts: readonly string[],
  address: TcpAddress,
  context: ListenContext,
  fallback: boolean,
): Promise<Listener[]> {
  const holder = findPortHolder(taken.host, taken.port);
  // Without leave to take it, a bare server only finds out which port is free.
  const makeServer = fallback ? context.makeServer : () => createServer((socket) => socket.destroy());
  const listeners =
    holder?.pid === process.pid ? null : await openNextFree(hosts, address, { ...context, makeServer });
  if (listeners === null) {
    throw addressInUse(taken.host, taken.port, holder, null);
  }
  const port = Number(listeners[0]?.serverPort);
  if (!fallback) {
    await Promise.all(listeners.map((listener) => listener.close()));
    const host = address.host === "::" ? "" : bracketed(address.host);
    throw addressInUse(taken.host, taken.port, holder, `${host}:${port}`);
  }
  context.log.warning(
    `Port ${taken.port} on ${bracketed(taken.host)} is in use by ${describeHolder(holder)}: listening on port ${port} instead.`,
  );
  return listeners;
}

async function openNextFree(
  hosts: readonly string[],
  address: TcpAddress,
  context: ListenContext,
): Promise<Listener[] | null> {
  const last = Math.min(address.port + PORTS_TO_TRY, 65_535);
  for (let port = address.port + 1; port <= last; port += 1) {
    try {
      return await openOnOnePort(hosts, { ...address, port }, context, new Set());
    } catch (error) {
      if (!(error instanceof PortTaken)) {
        throw error;
      }
    }
  }
  return null;
}

/** With port 0 the first host's choice may be taken on the next: then all choose again. */
async function openOnOnePort(
  hosts: readonly string[],
  address: TcpAddress,
  context: ListenContext,
  open: ReadonlySet<string>,
): Promise<Listener[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await openAll(hosts, address, context, open);
    } catch (error) {
      if (!(error instanceof PortTaken) || address.port !== 0 || tries === PORTS_TO_TRY) {
        throw error;
      }
    }
  }
}

/** All of the hosts that the machine has, or none. */
async function openAll(
  hosts: readonly string[],
  address: TcpAddress,
  context: ListenContext,
  open: ReadonlySet<string>,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  const absent: HighballError[] = [];
  let { port } = address;
  for (const host of hosts.filter((each) => !open.has(`${each} ${port}`))) {
    try {
      const listener = await openOne({ kind: "tcp", host, port }, address, context);
      listeners.push(listener);
      port = listener.address.kind === "tcp" ? listener.address.port : port;
    } catch (error) {
      if (error instanceof HighballError && error.code === "ADDRESS_NOT_AVAILABLE") {
        absent.push(error);
        continue;
      }
      await Promise.all(listeners.map((listener) => listener.close()));
      throw error;
    }
  }
  const [first] = absent;
  if (first !== undefined && absent.length === hosts.length) {
    throw first;
  }
  for (const error of absent) {
    context.log.debug(`${error.message} "${address.host}" is listened on without it.`);
  }
  return listeners;
}

async function openOne(wanted: TcpAddress, written: TcpAddress, context: ListenContext): Promise<Listener> {
  const server = context.makeServer();
  const { backlog } = context;
  try {
    await listen(server, { ...wanted, backlog, exclusive: true, ipv6Only: isIP(wanted.host) === 6 });
  } catch (error) {
    throw systemCode(error) === "EADDRINUSE" ? new PortTaken(wanted) : explainTcpError(error, wanted);
  }
  const listener = tcpListener(server, wanted.host, written.host, backlog);
  reportAcceptErrors(server, listener.address, context.log);
  return listener;
}

/** A server that listens on TCP, as a Listener. */
export function tcpListener(
  server: Listener["server"],
  host: string,
  serverName: string,
  backlog: number,
): Listener {
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  return {
    server,
    address: { kind: "tcp", host, port },
    serverName: bracketed(isIP(serverName) === 0 ? serverName : host),
    serverPort: String(port),
    isUnix: false,
    close: () => stopAccepting(server, backlog),
  };
}

async function hostsOf(address: TcpAddress): Promise<string[]> {
  const host = address.host.toLowerCase();
  if (host === "localhost") {
    return ["127.0.0.1", "::1"];
  }
  if (host === "::") {
    return ["0.0.0.0", "::"];
  }
  if (isIP(address.host) !== 0) {
    return [address.host];
  }
  try {
    const found = await lookup(address.host, { all: true, verbatim: true });
    return [...new Set(found.map((entry) => entry.address))];
  } catch (error) {
    throw new HighballError("HOST_NOT_FOUND", `The host name "${address.host}" has no address.`, {
      hint: `--bind localhost:${address.port} for this machine only, --bind :${address.port} for every interface`,
      cause: error,
    });
  }
}
