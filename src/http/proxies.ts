/**
 * Who a request really comes from, when trusted proxies stand before the gateway.
 *
 * A header such as X-Forwarded-For is a claim: it counts only as far as the peer that made it is
 * trusted. Claims of others are not looked at, and `policy.ts` keeps them from the application.
 */

import { BlockList, isIP, isIPv6 } from "node:net";

export type Scheme = "http" | "https";

/** Peers whose forwarded headers count. */
export interface TrustedPeers {
  /** Whether an address (IPv4 or IPv6, not mapped) is one of them. */
  trusts(address: string): boolean;
}

/** Who sent a request, and how it reached this server or the first proxy that it trusts. */
export interface Origin {
  /** Empty where there is no address: the client is on a Unix socket. */
  readonly remoteAddress: string;
  /** 0 where it is not known. */
  readonly remotePort: number;
  readonly scheme: Scheme;
}

export interface PeerAddress {
  /** As Node's sockets have it: undefined on a Unix socket. */
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** What the connection itself speaks. */
  readonly scheme: Scheme;
}

/** The other end of a connection, which is the origin of its requests unless a proxy says more. */
export class Peer implements Origin {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly scheme: Scheme;
  readonly trustedPeers: TrustedPeers;
  #trusted: boolean | undefined;

  constructor(peer: PeerAddress, trustedPeers: TrustedPeers) {
    this.remoteAddress = unmapped(peer.address ?? "");
    this.remotePort = peer.port ?? 0;
    this.scheme = peer.scheme;
    this.trustedPeers = trustedPeers;
  }

  /** Whether it may speak for others. Who reached a Unix socket was let in by the file's mode. */
  get trusted(): boolean {
    this.#trusted ??= this.remoteAddress === "" || this.trustedPeers.trusts(this.remoteAddress);
    return this.#trusted;
  }
}

/** Forwarded headers in the order they came, as name (lower case), value, name, value. */
export type ForwardedHeaders = readonly string[];

const everyone: TrustedPeers = { trusts: () => true };

/** `192.0.2.1` for `::ffff:192.0.2.1`, which is how dual-stack sockets write IPv4; else the same. */
export function unmapped(address: string): string {
  if (address.length < 14 || !address.startsWith("::")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

/** Without the zone of a link-local address (`fe80::1%eth0`), which `BlockList` does not know. */
function withoutZone(address: string): string {
  const zone = address.indexOf("%");
  return zone === -1 ? address : address.slice(0, zone);
}

/**
 * Compiles the setting `forwardedAllowIps` once for all requests.
 *
 * @param entries addresses, networks in CIDR form, or `*`, as the settings have checked them.
 */
export function compileTrustedPeers(entries: readonly string[]): TrustedPeers {
  if (entries.includes("*")) return everyone;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = unmapped(withoutZone(entry)).split("/");
    const version = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, version);
    else list.addSubnet(address, Number(prefix), version);
  }
  return {
    trusts(address) {
      const bare = withoutZone(address);
      const version = isIP(bare);
      return version !== 0 && list.check(bare, version === 6 ? "ipv6" : "ipv4");
    },
  };
}

/** Who has sent a request on, as far as it is said. */
export type Hop = Pick<Origin, "remoteAddress" | "remotePort">;

/** An entry of X-Forwarded-For: an address, with a port where a proxy adds one; else null. */
export function parseHop(entry: string): Hop | null {
  const text = entry.startsWith('"') && entry.endsWith('"') ? entry.slice(1, -1) : entry;
  if (isIP(text) !== 0) return { remoteAddress: unmapped(text), remotePort: 0 };
  const parts = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text);
  const address = parts?.[1] ?? parts?.[2] ?? "";
  const port = Number(parts?.[3] ?? 0);
  const expected = parts?.[1] === undefined ? 4 : 6;
  if (isIP(address) !== expected || port > 65_535) return null;
  return { remoteAddress: unmapped(address), remotePort: port };
}

function listOf(value: string): string[] {
  return value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** The scheme that one header states for the hop that is `consumed` from the right, or null. */
function statedScheme(name: string, value: string, consumed: number): Scheme | null {
  const entries = listOf(value);
  // Lists of proxies grow in step with X-Forwarded-For; a shorter one has its first word for all.
  const entry = entries[Math.max(0, entries.length - Math.max(1, consumed))]?.toLowerCase();
  if (entry === undefined) return null;
  if (name === "x-forwarded-ssl") return entry === "on" ? "https" : "http";
  return entry === "https" || entry === "ssl" ? "https" : "http";
}

/**
 * Follows X-Forwarded-For from the right for as long as the hop that wrote an entry is trusted, and
 * takes the scheme of X-Forwarded-Proto, X-Forwarded-Protocol and X-Forwarded-Ssl.
 *
 * An entry that is no address ends the walk: the last address known for certain stands. Only to be
 * called for a trusted peer.
 *
 * @returns null when two headers state different schemes, which gunicorn refuses too: one of them
 * is the client's.
 */
export function resolveOrigin(peer: Peer, forwarded: ForwardedHeaders): Origin | null {
  const entries: string[] = [];
  for (let index = 0; index < forwarded.length; index += 2) {
    if (forwarded[index] === "x-forwarded-for") entries.push(...listOf(forwarded[index + 1] ?? ""));
  }
  let client: Hop = peer;
  let consumed = 0;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    if (consumed > 0 && !peer.trustedPeers.trusts(client.remoteAddress)) break;
    const hop = parseHop(entries[index] ?? "");
    if (hop === null) break;
    client = hop;
    consumed += 1;
  }
  let scheme: Scheme | null = null;
  for (let index = 0; index < forwarded.length; index += 2) {
    const name = forwarded[index] ?? "";
    if (name !== "x-forwarded-proto" && name !== "x-forwarded-protocol" && name !== "x-forwarded-ssl")
      continue;
    const stated = statedScheme(name, forwarded[index + 1] ?? "", consumed);
    if (stated === null) continue;
    if (scheme !== null && scheme !== stated) return null;
    scheme = stated;
  }
  return {
    remoteAddress: client.remoteAddress,
    remotePort: client.remotePort,
    scheme: scheme ?? peer.scheme,
  };
}
