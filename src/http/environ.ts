/**
 * The environ of a request (PEP 3333, RFC 3875 §4.1) as one string, `NAME\0VALUE\0NAME\0VALUE`: what
 * the worker needs to make a dictionary with one decode and one split.
 *
 * Every character is one byte. The keys that are the same for every request (`wsgi.version`,
 * `wsgi.multithread`, …) are the worker's.
 */

import { splitHost } from "./host.ts";
import type { Accepted, RequestHead } from "./policy.ts";
import { Peer, type Origin, type Scheme, type TrustedPeers, unmapped } from "./proxies.ts";

/** What a connection adds to the environ of all its requests; made once for each. */
export interface Connection {
  readonly peer: Peer;
  /** SERVER_NAME and SERVER_PORT as pairs; null on Unix sockets, where each request's Host says. */
  readonly server: string | null;
  /** REMOTE_ADDR, REMOTE_PORT and wsgi.url_scheme as pairs, as long as no proxy says otherwise. */
  readonly client: string;
}

/** The ends of a connection, as Node's sockets have them. */
export interface ConnectionEnds {
  readonly scheme: Scheme;
  /** Name or address that was listened on; undefined on a Unix socket. */
  readonly serverName: string | undefined;
  readonly serverPort: number | undefined;
  /** Undefined on a Unix socket. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
}

function serverPairs(name: string, port: number | string): string {
  return `SERVER_NAME\0${name}\0SERVER_PORT\0${port}\0`;
}

function clientPairs(origin: Origin): string {
  return `REMOTE_ADDR\0${origin.remoteAddress}\0REMOTE_PORT\0${origin.remotePort}\0wsgi.url_scheme\0${origin.scheme}\0`;
}

/** RFC 3875 §4.1.14: an IPv6 address in SERVER_NAME stands in brackets, as in a URL; no zone. */
function serverName(name: string): string {
  const plain = unmapped(name);
  return plain.includes(":") ? `[${plain.replace(/%.*/, "")}]` : plain;
}

/** Prepares what all requests of a connection have in common. */
export function describeConnection(ends: ConnectionEnds, trustedPeers: TrustedPeers): Connection {
  const peer = new Peer(
    { address: ends.remoteAddress, port: ends.remotePort, scheme: ends.scheme },
    trustedPeers,
  );
  return {
    peer,
    server:
      ends.serverName === undefined || ends.serverPort === undefined
        ? null
        : serverPairs(serverName(ends.serverName), ends.serverPort),
    client: clientPairs(peer),
  };
}

/** On a Unix socket nothing but the request itself knows what the server is called. */
function serverOfHost(host: string | null, scheme: Scheme): string {
  const { name, port } = splitHost(host ?? "localhost");
  return serverPairs(name, port === "" ? (scheme === "https" ? "443" : "80") : port);
}

/**
 * Builds the environ block of a request that the policy has accepted.
 *
 * @param received bytes of the body, once it has arrived; a chunked body gets its CONTENT_LENGTH
 * from it. null while a body of unknown length is still to come.
 */
export function buildEnviron(
  connection: Connection,
  head: RequestHead,
  verdict: Accepted,
  received: number | null,
): string {
  const { target, origin } = verdict;
  let environ =
    `REQUEST_METHOD\0${head.method}\0SCRIPT_NAME\0\0PATH_INFO\0${target.path}\0QUERY_STRING\0${target.query}\0` +
    `REQUEST_URI\0${head.url}\0RAW_URI\0${head.url}\0` +
    (connection.server ?? serverOfHost(verdict.host, origin.scheme)) +
    (origin === connection.peer ? connection.client : clientPairs(origin)) +
    // The policy lets no other version through.
    (head.httpVersionMinor === 0 ? "SERVER_PROTOCOL\0HTTP/1.0" : "SERVER_PROTOCOL\0HTTP/1.1");
  if (verdict.contentType !== null) environ += `\0CONTENT_TYPE\0${verdict.contentType}`;
  const length = verdict.contentLength ?? (verdict.chunked ? received : null);
  if (length !== null) environ += `\0CONTENT_LENGTH\0${length}`;
  if (verdict.host !== null) environ += `\0HTTP_HOST\0${verdict.host}`;
  return environ + verdict.fields;
}
