import { isIPv4, isIPv6 } from "node:net";

import { HighballError } from "../errors.ts";

/** Somewhere to listen: what `--bind` says, read. */
export type Address = TcpAddress | UnixAddress | DescriptorAddress;

export interface TcpAddress {
  readonly kind: "tcp";
  /** A name, an IPv4 address, or an IPv6 address without brackets; `::` is every interface, both families. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface UnixAddress {
  readonly kind: "unix";
  readonly path: string;
}

/** A socket that whoever started Highball has opened: systemd, circus, a parent process. */
export interface DescriptorAddress {
  readonly kind: "fd";
  readonly fd: number;
}

/** The port of an address that names only a host; gunicorn's. */
export const DEFAULT_PORT: number = 8000;

/**
 * Reads one address as the command line, the environment and the files write it.
 *
 * `HOST:PORT`, `HOST` (port 8000), `:PORT` (every interface, IPv4 and IPv6), `PORT` (localhost),
 * `[IPV6]:PORT` with or without `%zone`, `unix:PATH`, `unix://PATH`, `fd://N`; `tcp://` may stand
 * before a host.
 *
 * @throws HighballError BIND_INVALID
 */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) {
    const rest = text.slice("unix:".length);
    return unixAddress(text, rest.startsWith("//") ? rest.slice(2) : rest);
  }
  if (text.startsWith("fd://")) {
    const digits = text.slice("fd://".length);
    if (!/^\d{1,9}$/.test(digits)) {
      throw invalid(text, "after fd:// stands the number of an open descriptor", "fd://3");
    }
    return { kind: "fd", fd: Number(digits) };
  }
  return tcpAddress(text, text.startsWith("tcp://") ? text.slice("tcp://".length) : text);
}

/** Writes an address so that {@link parseAddress} reads the same one. */
export function formatAddress(address: Address): string {
  if (address.kind === "tcp") {
    return `${bracketed(address.host)}:${address.port}`;
  }
  if (address.kind === "unix") {
    return address.path.startsWith("//") ? `unix://${address.path}` : `unix:${address.path}`;
  }
  return `fd://${address.fd}`;
}

/** A host as it stands in `HOST:PORT` and in URLs: IPv6 in brackets (RFC 3986 §3.2.2). */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function unixAddress(text: string, path: string): UnixAddress {
  if (path === "" || path.includes("\0")) {
    throw invalid(text, "after unix: stands the path of a socket", "unix:/run/app.sock");
  }
  return { kind: "unix", path };
}

function tcpAddress(text: string, rest: string): TcpAddress {
  if (rest === "") {
    throw invalid(text, "it is empty", "127.0.0.1:8000");
  }
  const scheme = /^https?:\/\/([^/]+)/i.exec(rest);
  if (scheme !== null) {
    throw invalid(text, "it is a URL, and an address has no scheme", scheme[1] ?? "127.0.0.1:8000");
  }
  if (rest.includes("/")) {
    throw invalid(text, "a path needs unix: before it", `unix:${rest}`);
  }
  if (/^\d+$/.test(rest)) {
    return { kind: "tcp", host: "localhost", port: parsePort(text, rest, "localhost") };
  }
  const brackets = /^\[([^\]]*)\](?::(.*))?$/.exec(rest);
  if (brackets !== null) {
    const host = brackets[1] ?? "";
    if (!isIPv6(host)) {
      throw invalid(text, `"${host}" is not an IPv6 address`, "[::1]:8000");
    }
    return { kind: "tcp", host, port: parsePort(text, brackets[2], `[${host}]`) };
  }
  const colon = rest.indexOf(":");
  if (colon !== rest.lastIndexOf(":")) {
    // `::1:8000` is a whole IPv6 address as well as an address and a port: nobody can tell which.
    const last = rest.lastIndexOf(":");
    const head = rest.slice(0, last);
    const port = rest.slice(last + 1);
    const example = isIPv6(head) && isPort(port) ? `[${head}]:${port}` : `[${rest}]:${DEFAULT_PORT}`;
    throw invalid(
      text,
      "an IPv6 address needs brackets",
      isIPv6(rest) || isIPv6(head) ? example : "[::1]:8000",
    );
  }
  const host = colon === -1 ? rest : rest.slice(0, colon);
  const port = colon === -1 ? undefined : rest.slice(colon + 1);
  if (host === "") {
    return { kind: "tcp", host: "::", port: parsePort(text, port, "") };
  }
  if (host === "*") {
    throw invalid(
      text,
      "every interface is written with nothing before the colon",
      `:${port ?? DEFAULT_PORT}`,
    );
  }
  if (/^[\d.]+$/.test(host) ? !isIPv4(host) : !isHostName(host)) {
    throw invalid(text, `"${host}" is neither a host name nor an IP address`, "127.0.0.1:8000");
  }
  return { kind: "tcp", host, port: parsePort(text, port, host) };
}

/** RFC 1123 §2.1 names, and the underscores that container networks give their hosts. */
function isHostName(host: string): boolean {
  return host.length <= 253 && /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]+)*\.?$/i.test(host);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function parsePort(text: string, port: string | undefined, host: string): number {
  if (port === undefined) {
    return DEFAULT_PORT;
  }
  if (!isPort(port)) {
    throw invalid(text, `"${port}" is not a port, a number from 0 to 65535`, `${host}:${DEFAULT_PORT}`);
  }
  return Number(port);
}

function invalid(text: string, reason: string, example: string): HighballError {
  return new HighballError("BIND_INVALID", `Cannot listen on "${text}": ${reason}.`, {
    hint: `--bind ${example}`,
  });
}
