/**
 * Whether the policies of a page (Content Security Policy Level 3) let it load the script that makes
 * it follow the code, and listen to events.
 */

/** What a page has to be allowed, all of its own origin. */
export interface Wish {
  /** Scheme, host and port if there is one: `http://localhost:8000`. */
  readonly origin: string;
  /** Path of the script. */
  readonly script: string;
  /** Path of the events. */
  readonly events: string;
}

type Directives = ReadonlyMap<string, readonly string[]>;

/** RFC 3986 and CSP3 §2.3.1, as far as a host of ours could be meant. */
const HOST_SOURCE = /^(?:([a-z][a-z\d+.-]*):\/\/)?(\*|(?:\*\.)?[a-z\d.-]+)(?::(\d+|\*))?(\/[^?#]*)?$/i;
const NONCE_SOURCE = /^'nonce-([a-z\d+/_-]+={0,2})'$/i;

/**
 * Says how a script element gets past every policy of a page.
 *
 * @param fields the values of its Content-Security-Policy headers
 * @returns the nonce that the element must carry, `""` if it needs none, or null if there is no way
 */
export function nonceFor(fields: readonly string[], wish: Wish): string | null {
  const policies = fields.join(",").split(",").map(readPolicy);
  if (!policies.every((policy) => letsListen(policy, wish) && letsRun(policy))) return null;
  const nonces = policies.flatMap((policy) => scriptSources(policy) ?? []).map(nonceOf);
  // None is best, where none is needed.
  const candidates = new Set(["", ...nonces]);
  for (const nonce of candidates) {
    if (policies.every((policy) => letsLoad(policy, nonce, wish))) return nonce;
  }
  return null;
}

/** §2.2.1; of a directive that is there twice the first one counts. */
function readPolicy(text: string): Directives {
  const directives = new Map<string, readonly string[]>();
  for (const part of text.split(";")) {
    const [name = "", ...sources] = part.trim().split(/[\t\n\f\r ]+/);
    if (!directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources);
  }
  return directives;
}

/** A sandbox without these two runs no script, or takes its origin away. */
function letsRun(policy: Directives): boolean {
  const sandbox = policy.get("sandbox")?.map((token) => token.toLowerCase());
  return (
    sandbox === undefined || (sandbox.includes("allow-scripts") && sandbox.includes("allow-same-origin"))
  );
}

/** §6.1.2. */
function letsListen(policy: Directives, wish: Wish): boolean {
  const sources = policy.get("connect-src") ?? policy.get("default-src");
  return sources === undefined || sources.some((source) => matches(source, wish.origin, wish.events));
}

/** §6.1.10 and §6.8.3: which directive rules a script element. */
function scriptSources(policy: Directives): readonly string[] | undefined {
  return policy.get("script-src-elem") ?? policy.get("script-src") ?? policy.get("default-src");
}

function letsLoad(policy: Directives, nonce: string, wish: Wish): boolean {
  const sources = scriptSources(policy);
  if (sources === undefined) return true;
  if (nonce !== "" && sources.some((source) => nonceOf(source) === nonce)) return true;
  // §8.2: then addresses count no more.
  if (sources.some((source) => source.toLowerCase() === "'strict-dynamic'")) return false;
  return sources.some((source) => matches(source, wish.origin, wish.script));
}

function nonceOf(source: string): string {
  return NONCE_SOURCE.exec(source)?.[1] ?? "";
}

/** §6.7.2.8, for an address of the page's own origin. */
function matches(source: string, origin: string, path: string): boolean {
  if (source === "*" || source.toLowerCase() === "'self'") return true;
  const [pageScheme = "", authority = ""] = origin.toLowerCase().split("://");
  if (source.endsWith(":")) return isScheme(source.slice(0, -1), pageScheme);
  const [whole, scheme = pageScheme, host = "", port, prefix] = HOST_SOURCE.exec(source) ?? [];
  if (whole === undefined || !isScheme(scheme, pageScheme)) return false;
  const [, name = "", pagePort = ""] = /^(.*?)(?::(\d*))?$/.exec(authority) ?? [];
  return isHost(host.toLowerCase(), name) && isPort(port, pagePort, pageScheme) && isPath(prefix, path);
}

/** §6.7.2.9: `http:` covers https too. */
function isScheme(source: string, scheme: string): boolean {
  return source.toLowerCase() === scheme || (source.toLowerCase() === "http" && scheme === "https");
}

function isHost(source: string, name: string): boolean {
  if (source === "*") return true;
  return source.startsWith("*.") ? name.endsWith(source.slice(1)) : source === name;
}

/** §6.7.2.11: no port is the default port, and that only. */
function isPort(source: string | undefined, port: string, scheme: string): boolean {
  const standard = scheme === "https" ? "443" : "80";
  return source === "*" || (source ?? standard) === (port === "" ? standard : port);
}

/** §6.7.2.12. */
function isPath(source: string | undefined, path: string): boolean {
  if (source === undefined || source === "/") return true;
  return source.endsWith("/") ? path.startsWith(source) : path === source;
}
