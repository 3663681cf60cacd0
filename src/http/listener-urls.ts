import { networkInterfaces } from "node:os";

import { bracketed, formatAddress } from "../settings/address.ts";
import type { Listener } from "./listener.ts";

export interface LabelledUrl {
  /** `Local`, `Network` or `Socket`. */
  readonly label: string;
  readonly url: string;
}

/**
 * Every address as something to click on, those of this machine only first.
 *
 * `0.0.0.0` and `::` are no places to go to: they become localhost and the addresses that other
 * machines may use, but link-local ones, which no browser takes.
 */
export function describeUrls(
  listeners: readonly Listener[],
  scheme: "http" | "https" = "http",
): readonly LabelledUrl[] {
  const urls = listeners.flatMap((listener) => urlsOf(listener, listeners, scheme));
  const distinct = new Map(urls.map((entry) => [entry.url, entry]));
  const order = ["Local", "Network", "Socket"];
  return [...distinct.values()].toSorted((a, b) => order.indexOf(a.label) - order.indexOf(b.label));
}

function urlsOf(listener: Listener, listeners: readonly Listener[], scheme: string): LabelledUrl[] {
  const { address } = listener;
  if (address.kind !== "tcp") {
    return [{ label: "Socket", url: formatAddress(address) }];
  }
  const link = (label: string, host: string): LabelledUrl => ({
    label,
    url: `${scheme}://${host}${isDefaultPort(scheme, address.port) ? "" : `:${address.port}`}`,
  });
  if (address.host === "0.0.0.0" || address.host === "::") {
    const family = address.host === "::" ? "IPv6" : "IPv4";
    // A browser tries ::1 first for localhost, where another program may answer.
    const both = address.host === "::" || listeners.some((other) => isOn(other, "::", address.port));
    return [
      link("Local", both ? "localhost" : "127.0.0.1"),
      ...networkHosts(family).map((host) => link("Network", bracketed(host))),
    ];
  }
  const label = /^(?:127\.|::1$)/.test(address.host) ? "Local" : "Network";
  // RFC 6874 §2 writes the zone of an IPv6 address as %25.
  return [link(label, listener.serverName.replace("%", "%25"))];
}

function isOn(listener: Listener, host: string, port: number): boolean {
  const { address } = listener;
  return address.kind === "tcp" && address.host === host && address.port === port;
}

function isDefaultPort(scheme: string, port: number): boolean {
  return port === (scheme === "https" ? 443 : 80);
}

function networkHosts(family: "IPv4" | "IPv6"): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => entry.family === family && !entry.internal && !entry.scopeid)
    .map((entry) => entry.address);
}
