import { isLoopback } from "./loopback.ts";
import { parseHop } from "./proxies.ts";
import { fieldValues } from "./request-fields.ts";

/** Lists of addresses, or one: what proxies, tunnels and CDNs say of whom they speak for. */
const CLAIMS: readonly string[] = [
  "x-forwarded-for",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "fastly-client-ip",
];

/**
 * Whether a request says of itself that it was sent for another machine.
 *
 * Whose claims count for the application is a matter of trust (`proxies.ts`). Here they count against the request
 * whoever makes them, since nobody gains by them: a proxy that is not trusted, or that trusts whatever a client says,
 * lets nobody look who is elsewhere. What is no address is not one of this machine's.
 */
export function namesOtherMachine(rawHeaders: readonly string[]): boolean {
  const listed = CLAIMS.flatMap((name) => fieldValues(rawHeaders, name)).flatMap((value) => value.split(","));
  // RFC 7239 §4: `for=192.0.2.43, for="[2001:db8::17]:4711";proto=https`.
  const forwarded = fieldValues(rawHeaders, "forwarded").flatMap((value) =>
    [...value.matchAll(/(?:^|[;,\s])for\s*=\s*("[^"]*"?|[^;,\s]*)/gi)].map(([, node = ""]) => node),
  );
  return [...listed, ...forwarded]
    .map((entry) => entry.trim())
    .some((entry) => entry !== "" && !isOurs(entry));
}

function isOurs(entry: string): boolean {
  const hop = parseHop(entry);
  return hop !== null && isLoopback(hop.remoteAddress);
}
