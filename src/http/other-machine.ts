import { isLoopback } from "./loopback.ts";
import { parseHop } from "./proxies.ts";

/** Lists of addresses, or one: what proxies, tunnels and CDNs say of whom they speak for. */
const CLAIMS: ReadonlySet<string> = new Set([
  "x-forwarded-for",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "fastly-client-ip",
]);
/** What the names of all that make claims begin with: this is asked for every document, of every header. */
const INITIALS: ReadonlySet<number> = new Set([...CLAIMS, "forwarded"].map((name) => name.charCodeAt(0)));
const TO_LOWER_CASE = 0x20;

/**
 * Whether a request says of itself that it was sent for another machine.
 *
 * Whose claims count for the application is a matter of trust (`proxies.ts`). Here they count against the request
 * whoever makes them, since nobody gains by them: a proxy that is not trusted, or that trusts whatever a client says,
 * lets nobody look who is elsewhere. What is no address is not one of this machine's.
 */
export function namesOtherMachine(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!INITIALS.has(name.charCodeAt(0) | TO_LOWER_CASE)) continue;
    const entries = entriesOf(name.toLowerCase(), rawHeaders[index + 1] ?? "");
    if (entries.some((entry) => entry !== "" && !isOurs(entry))) return true;
  }
  return false;
}

/** For whom a header says that it speaks. */
function entriesOf(name: string, value: string): readonly string[] {
  if (CLAIMS.has(name)) return value.split(",").map((entry) => entry.trim());
  if (name !== "forwarded") return [];
  // RFC 7239 §4: `for=192.0.2.43, for="[2001:db8::17]:4711";proto=https`.
  const nodes = value.matchAll(/(?:^|[;,\s])for\s*=\s*("[^"]*"?|[^;,\s]*)/gi);
  return Array.from(nodes, ([, node = ""]) => node);
}

function isOurs(entry: string): boolean {
  const hop = parseHop(entry);
  return hop !== null && isLoopback(hop.remoteAddress);
}
