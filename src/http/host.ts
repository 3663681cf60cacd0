/** The grammar of Host: `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2). */

import { isIPv6 } from "node:net";

/** 1 where RFC 3986 lets a reg-name have the character: unreserved, sub-delims, and `%`. */
const inName: Uint8Array = new Uint8Array(256);
for (const character of "!$%&'()*+,-._~;=0123456789") inName[character.charCodeAt(0)] = 1;
for (let letter = 0x61; letter <= 0x7a; letter += 1) {
  inName[letter] = 1;
  inName[letter - 0x20] = 1;
}

function validPort(host: string, start: number): boolean {
  let port = 0;
  for (let index = start; index < host.length; index += 1) {
    const digit = host.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
    if (port > 65_535) return false;
  }
  return true;
}

/**
 * Whether a value is a host that a request can be for: a name or an address, with or without a
 * port. An empty host is not.
 */
export function validHost(host: string): boolean {
  const length = host.length;
  if (host.charCodeAt(0) === 0x5b) {
    const bracket = host.indexOf("]");
    // RFC 6874's zones are for a link of the client's own; no server is named by one.
    if (bracket === -1 || host.includes("%") || !isIPv6(host.slice(1, bracket))) return false;
    return bracket === length - 1 || (host.charCodeAt(bracket + 1) === 0x3a && validPort(host, bracket + 2));
  }
  for (let index = 0; index < length; index += 1) {
    const code = host.charCodeAt(index);
    if (code === 0x3a) return index > 0 && validPort(host, index + 1);
    if (inName[code] !== 1) return false;
    if (code === 0x25 && !/^[0-9a-f]{2}/i.test(host.slice(index + 1, index + 3))) return false;
  }
  return length > 0;
}

/** The host and the port of a valid Host value; the port is empty where there is none. */
export function splitHost(host: string): { readonly name: string; readonly port: string } {
  const colon = host.lastIndexOf(":");
  if (colon === -1 || host.endsWith("]")) return { name: host, port: "" };
  return { name: host.slice(0, colon), port: host.slice(colon + 1) };
}
