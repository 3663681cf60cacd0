/**
 * What the gateway does with a header field, by its name: looked up once a field and request, so
 * the answer is cached by the name as it was spelt on the wire.
 */

/**
 * - `plain`: reaches the application as `HTTP_*`.
 * - `forwarded`: what a proxy says of the client; reaches the application from trusted peers only.
 * - `framing`: belongs to the message's framing, which the gateway has undone; never in the environ.
 * - `dropped`: never reaches the environ, because its CGI name could be taken for another's.
 * - the others have a rule of their own in `policy.ts`.
 */
export type HeaderRole =
  | "plain"
  | "host"
  | "content-length"
  | "content-type"
  | "transfer-encoding"
  | "expect"
  | "forwarded"
  | "framing"
  | "dropped";

/** One field, shared by every spelling of its name (`X-Foo`, `x-foo`). */
export interface HeaderField {
  /** Lower case, as RFC 9110 §5.1 compares names. */
  readonly name: string;
  readonly role: HeaderRole;
  /** `\0HTTP_X_FOO\0`: what goes before the value in an environ block. */
  readonly key: string;
  /** What goes between the values of repeated fields. */
  readonly separator: string;
  /** Number of the last request that had this field: how `policy.ts` notices a repeated one. */
  lastRequest: number;
}

const roles: Readonly<Record<string, HeaderRole>> = {
  host: "host",
  "content-length": "content-length",
  "content-type": "content-type",
  "transfer-encoding": "transfer-encoding",
  expect: "expect",
  forwarded: "forwarded",
  "x-real-ip": "forwarded",
  // RFC 9112 §7.1.3: who removes the chunked coding removes what announced it.
  trailer: "framing",
  // RFC 9110 §7.6.1: about this connection only, which the application never sees.
  "keep-alive": "framing",
  "proxy-connection": "framing",
  // CVE-2016-5385 ("httpoxy"): `Proxy` would become HTTP_PROXY, a variable that HTTP clients obey.
  proxy: "dropped",
};

/** Names that nearly every request has; they survive when the cache is emptied. */
const common: readonly string[] = [
  "Host",
  "User-Agent",
  "Accept",
  "Accept-Encoding",
  "Accept-Language",
  "Accept-Charset",
  "Authorization",
  "Cache-Control",
  "Connection",
  "Content-Length",
  "Content-Type",
  "Cookie",
  "DNT",
  "Expect",
  "If-Match",
  "If-Modified-Since",
  "If-None-Match",
  "If-Range",
  "If-Unmodified-Since",
  "Origin",
  "Pragma",
  "Priority",
  "Range",
  "Referer",
  "Sec-CH-UA",
  "Sec-CH-UA-Mobile",
  "Sec-CH-UA-Platform",
  "Sec-Fetch-Dest",
  "Sec-Fetch-Mode",
  "Sec-Fetch-Site",
  "Sec-Fetch-User",
  "Sec-GPC",
  "TE",
  "Transfer-Encoding",
  "Upgrade",
  "Upgrade-Insecure-Requests",
  "Via",
  "Forwarded",
  "X-CSRF-Token",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Port",
  "X-Forwarded-Proto",
  "X-Real-IP",
  "X-Request-ID",
  "X-Requested-With",
];

/** Characters of names that the cache may hold before it is emptied: clients choose the names. */
const cacheLimit = 65_536;

let bySpelling: Map<string, HeaderField> = new Map();
let byName: Map<string, HeaderField> = new Map();
let cachedCharacters = 0;

function describe(name: string): HeaderField {
  const role = roles[name] ?? (name.startsWith("x-forwarded-") ? "forwarded" : "plain");
  // `X_Foo` and `X-Foo` would be one variable, so that a client could forge what a proxy sets:
  // gunicorn #2799, nginx's underscores_in_headers. CGI has no escape (RFC 3875 §4.1.18).
  const dropped = name.includes("_");
  return {
    name,
    role: dropped ? "dropped" : role,
    key: `\0HTTP_${name.toUpperCase().replaceAll("-", "_")}\0`,
    // RFC 9110 §5.3: "for consistency, use comma SP"; RFC 6265 §5.4 and RFC 9113 §8.2.3 for Cookie.
    separator: name === "cookie" ? "; " : ", ",
    lastRequest: -1,
  };
}

function remember(spelling: string): HeaderField {
  const name = spelling.toLowerCase();
  let field = byName.get(name);
  if (field === undefined) {
    field = describe(name);
    byName.set(name, field);
  }
  bySpelling.set(spelling, field);
  cachedCharacters += spelling.length;
  return field;
}

function reset(): void {
  bySpelling = new Map();
  byName = new Map();
  for (const spelling of common) {
    remember(spelling);
    remember(spelling.toLowerCase());
  }
  cachedCharacters = 0;
}
reset();

/** The field of a name as it came from the client; every spelling gives the same object. */
export function headerField(spelling: string): HeaderField {
  return bySpelling.get(spelling) ?? remember(spelling);
}

/**
 * Empties the cache if clients have filled it with names of their own.
 *
 * Called between requests, never within one: repeated fields are noticed by the identity of their
 * `HeaderField`.
 */
export function trimHeaderFields(): void {
  if (cachedCharacters > cacheLimit) reset();
}

/** Spellings in the cache now; for tests. */
export function cachedSpellings(): number {
  return bySpelling.size;
}
