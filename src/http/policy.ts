/**
 * The policy: one function that judges the head of every request, whatever protocol brought it.
 *
 * Node's parser has refused what breaks HTTP/1's grammar (`parser-errors.ts` says how that is
 * answered); here are the rules it leaves open. docs/reference/http.md lists them all.
 */

import type { Settings } from "../settings/settings.ts";
import { type HeaderField, headerField, trimHeaderFields } from "./header-names.ts";
import { validHost } from "./host.ts";
import { type Origin, type Peer, resolveOrigin } from "./proxies.ts";
import { type Target, parseTarget } from "./target.ts";

/** What the policy looks at; `IncomingMessage` has these names. */
export interface RequestHead {
  readonly method: string;
  /** The request-target as it came. */
  readonly url: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  /** Name, value, name, value, as they came; every character one byte (latin-1). */
  readonly rawHeaders: readonly string[];
}

export type Limits = Pick<
  Settings,
  "limitRequestLine" | "limitRequestFields" | "limitRequestFieldSize" | "mergeSlashes"
>;

/** A request that is not answered by the application; its connection closes after the answer. */
export interface Rejection {
  readonly ok: false;
  readonly status: RejectionStatus;
  /** One sentence for the log and the body of the answer; quotes nothing but tokens. */
  readonly reason: string;
}

export type RejectionStatus = 400 | 408 | 413 | 414 | 417 | 421 | 431 | 501 | 505;

/** A field that the application will not see. */
export interface DroppedHeader {
  /** Lower case. */
  readonly name: string;
  /** Its name would collide with another's in CGI, or its sender is not trusted to say it. */
  readonly because: "ambiguous" | "untrusted";
}

export interface Accepted {
  readonly ok: true;
  /** HTTP_HOST: Host, or the authority of an absolute-form target; null where there is none. */
  readonly host: string | null;
  /** Bytes that Content-Length announces; null without it. */
  readonly contentLength: number | null;
  readonly chunked: boolean;
  /** The client waits for 100 Continue before it sends its body. */
  readonly expectContinue: boolean;
  readonly contentType: string | null;
  readonly target: Target;
  /** Who sent it, once trusted proxies have been heard. */
  readonly origin: Origin;
  /** `\0HTTP_X\0value…`: the other header fields, ready for the environ. */
  readonly fields: string;
  readonly dropped: readonly DroppedHeader[] | null;
}

export type Verdict = Accepted | Rejection;

/** Makes a rejection; `reason` is a whole sentence. */
export function reject(status: RejectionStatus, reason: string): Rejection {
  return { ok: false, status, reason };
}

/** 1 where RFC 9110 §5.6.2 lets a token have the character. */
const inToken: Uint8Array = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789") inToken[character.charCodeAt(0)] = 1;
for (let letter = 0x61; letter <= 0x7a; letter += 1) {
  inToken[letter] = 1;
  inToken[letter - 0x20] = 1;
}

/** Whether a string is a token (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (inToken[text.charCodeAt(index)] !== 1) return false;
  }
  return text !== "";
}

/** llhttp reads RTSP's methods too, in requests that say `RTSP/1.0` and that Node shows as HTTP/1.0. */
const rtspMethods: ReadonlySet<string> = new Set(
  "DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD FLUSH".split(" "),
);

/** Methods that need no second look. */
const usualMethods: ReadonlySet<string> = new Set("GET HEAD POST PUT PATCH DELETE OPTIONS".split(" "));

function judgeMethod(method: string): Rejection | null {
  // RFC 9112 §3.1: a method is a token.
  if (!isToken(method)) return reject(400, "The method is not a token.");
  // RFC 9110 §9.3.6: only proxies make tunnels; §15.6.2 for methods that a server does not have.
  if (method === "CONNECT") return reject(501, "CONNECT is for proxies, which this server is not.");
  if (rtspMethods.has(method)) return reject(501, `The method ${method} belongs to RTSP.`);
  return null;
}

function judgeVersion(major: number, minor: number): Rejection | null {
  if (major === 1 && minor <= 1) return null;
  // RFC 1945 §4.1: a request line without version, which RFC 9112 no longer has.
  if (major === 0) return reject(400, "The request line has no HTTP version.");
  // RFC 9110 §15.6.6. HTTP/1.2 could be read as 1.1 (§2.5), but Node's parser does not let it through.
  return reject(505, "This connection speaks HTTP/1.0 and HTTP/1.1.");
}

/** RFC 9112 §6.1 and §6.3: the one coding a request can have here is `chunked`, and only once. */
function judgeTransferEncoding(value: string): Rejection | null {
  if (value === "chunked") return null;
  const codings = value.toLowerCase().split(",");
  for (const [index, coding] of codings.entries()) codings[index] = coding.trim();
  if (codings.length === 1 && codings[0] === "chunked") return null;
  // §6.3 rule 4: without chunked at the end the length of the body is anybody's guess.
  if (codings.at(-1) !== "chunked") {
    return reject(400, "Transfer-Encoding does not end with 'chunked'.");
  }
  // §6.1: chunked must not be applied twice.
  if (codings.indexOf("chunked") !== codings.length - 1) {
    return reject(400, "Transfer-Encoding has 'chunked' more than once.");
  }
  // A list may have empty members (RFC 9110 §5.6.1.2), but no honest client writes one here.
  if (codings.some((coding) => !isToken(coding))) return reject(400, "Transfer-Encoding is malformed.");
  // §6.1: 501 for a coding that the server does not understand.
  return reject(501, "The only transfer coding that this server has is 'chunked'.");
}

/** Bytes that a Content-Length announces, or why it cannot be taken (RFC 9110 §8.6). */
function parseContentLength(value: string): number | Rejection {
  let length = 0;
  for (let index = 0; index < value.length; index += 1) {
    const digit = value.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return reject(400, "Content-Length is not a number.");
    length = length * 10 + digit;
  }
  if (value === "") return reject(400, "Content-Length is empty.");
  // §8.6: large numbers must not overflow; beyond 2^53 they would lose their last digits.
  if (length > Number.MAX_SAFE_INTEGER) return reject(413, "Content-Length is larger than any body here.");
  return length;
}

/** Like the loop of `judge`, for requests that repeat a field: rare, so clarity comes first. */
function joinRepeated(rawHeaders: readonly string[], peer: Peer): string {
  const values = new Map<HeaderField, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = headerField(rawHeaders[index] ?? "");
    if (field.role !== "plain" && !(field.role === "forwarded" && peer.trusted)) continue;
    const value = rawHeaders[index + 1] ?? "";
    const before = values.get(field);
    values.set(field, before === undefined ? value : before + field.separator + value);
  }
  let fields = "";
  for (const [field, value] of values) fields += field.key + value;
  return fields;
}

let requests = 0;

/**
 * Judges the head of a request, before anything else is done with it.
 *
 * @param peer the other end of its connection.
 */
export function judge(head: RequestHead, limits: Limits, peer: Peer): Verdict {
  const { method, url, rawHeaders } = head;
  const badVersion = judgeVersion(head.httpVersionMajor, head.httpVersionMinor);
  if (badVersion !== null) return badVersion;
  const http10 = head.httpVersionMinor === 0;
  if (!usualMethods.has(method)) {
    const badMethod = judgeMethod(method);
    if (badMethod !== null) return badMethod;
  }
  // RFC 9112 §3: 414 for a target longer than the server wishes to read. Two spaces and `HTTP/1.1`.
  if (method.length + url.length + 10 > limits.limitRequestLine) {
    return reject(414, `The request line is longer than ${limits.limitRequestLine} bytes.`);
  }
  // RFC 6585 §5, as the next one.
  if (rawHeaders.length > limits.limitRequestFields * 2) {
    return reject(431, `The request has more than ${limits.limitRequestFields} header fields.`);
  }
  const target = parseTarget(method, url, limits.mergeSlashes);
  if (!target.ok) return reject(400, target.reason);

  trimHeaderFields();
  requests = (requests + 1) % 0x3fff_ffff;
  let host: string | null = null;
  let contentType: string | null = null;
  let contentLength: number | null = null;
  let transferEncoding: string | null = null;
  let expectContinue = false;
  let repeated = false;
  let forwarded: string[] | null = null;
  let forwardedFields = "";
  let dropped: DroppedHeader[] | null = null;
  let fields = "";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    // The line as it would be without optional whitespace: colon, space, CR and LF.
    if (name.length + value.length + 4 > limits.limitRequestFieldSize) {
      return reject(431, `A header field is longer than ${limits.limitRequestFieldSize} bytes.`);
    }
    // RFC 9110 §5.5. The parsers refuse every control character; this one would also break the
    // environ block, so that it does not depend on them alone.
    if (value.includes("\0")) return reject(400, "A header field has a NUL.");
    const field = headerField(name);
    const seen = field.lastRequest === requests;
    field.lastRequest = requests;
    switch (field.role) {
      case "plain":
        if (seen) repeated = true;
        else fields += field.key + value;
        break;
      case "host":
        // RFC 9112 §3.2: 400 for more than one, and for a value that is no host. An empty one is
        // no host either, but §3.3 lets a default take its place (load balancers send it).
        if (seen) return reject(400, "The request has more than one Host.");
        if (value !== "" && !validHost(value)) return reject(400, "Host is not a valid host.");
        host = value;
        break;
      case "content-type":
        // RFC 9110 §8.3: one media type; two let peers disagree about what the body is.
        if (seen) return reject(400, "The request has more than one Content-Type.");
        contentType = value;
        break;
      case "content-length": {
        // RFC 9112 §6.3 rule 5.
        if (seen) return reject(400, "The request has more than one Content-Length.");
        const length = parseContentLength(value);
        if (typeof length !== "number") return length;
        contentLength = length;
        break;
      }
      case "transfer-encoding":
        transferEncoding = transferEncoding === null ? value : `${transferEncoding}, ${value}`;
        break;
      case "expect":
        // RFC 9110 §10.1.1: 417 for other expectations; from HTTP/1.0 the field is ignored.
        if (http10) break;
        if (value.toLowerCase() !== "100-continue") {
          return reject(417, "The only expectation that this server can meet is '100-continue'.");
        }
        expectContinue = true;
        break;
      case "forwarded":
        if (seen) repeated = true;
        else forwardedFields += field.key + value;
        forwarded ??= [];
        forwarded.push(field.name, value);
        break;
      case "dropped":
        dropped ??= [];
        dropped.push({ name: field.name, because: "ambiguous" });
        break;
      case "framing":
        break;
    }
  }

  // RFC 9112 §3.2: HTTP/1.1 must have Host, also beside an absolute-form target.
  if (host === null && !http10) return reject(400, "The request has no Host.");
  if (transferEncoding !== null) {
    // RFC 9112 §6.1: HTTP/1.0 has no transfer codings; whoever sent one has the framing wrong.
    if (http10) return reject(400, "Transfer-Encoding is not part of HTTP/1.0.");
    // RFC 9112 §6.3 rule 3: the usual start of request smuggling.
    if (contentLength !== null) return reject(400, "The request has Content-Length and Transfer-Encoding.");
    const badCoding = judgeTransferEncoding(transferEncoding);
    if (badCoding !== null) return badCoding;
  }
  const chunked = transferEncoding !== null;

  let origin: Origin = peer;
  if (forwarded !== null) {
    if (peer.trusted) {
      const resolved = resolveOrigin(peer, forwarded);
      // As gunicorn: of two that disagree one is the client's, let through by the proxy.
      if (resolved === null) return reject(400, "The X-Forwarded headers state different schemes.");
      origin = resolved;
      fields += forwardedFields;
    } else {
      dropped ??= [];
      for (let index = 0; index < forwarded.length; index += 2) {
        dropped.push({ name: forwarded[index] ?? "", because: "untrusted" });
      }
    }
  }
  if (repeated) fields = joinRepeated(rawHeaders, peer);
  // RFC 9110 §7.4: an https resource is not to be had over a connection that is not secured,
  // unless a trusted gateway says so.
  if (target.scheme === "https" && origin.scheme === "http" && !peer.trusted) {
    return reject(421, "The request-target is an https URL, but the connection is not secured.");
  }
  return {
    ok: true,
    host: target.authority ?? (host === "" ? null : host),
    contentLength,
    chunked,
    // RFC 9110 §10.1.1: no 100 Continue where there is no body to wait for.
    expectContinue: expectContinue && (chunked || (contentLength !== null && contentLength > 0)),
    contentType,
    target,
    origin,
    fields,
    dropped,
  };
}

/**
 * RFC 9110 §6.5.1: fields that a trailer section must not have, because they frame, route, modify
 * or authenticate a request that has been judged already.
 */
const forbiddenTrailers: ReadonlySet<string> = new Set([
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "expect",
  "forwarded",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "keep-alive",
  "max-forwards",
  "proxy-authorization",
  "proxy-connection",
  "range",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Judges the trailer section of a chunked body; the application does not see the trailers that pass
 * (RFC 9112 §7.1.2 lets a recipient discard them, and CGI has no place for them).
 *
 * @param rawTrailers name, value, name, value, as they came.
 */
export function judgeTrailers(rawTrailers: readonly string[], limits: Limits): Rejection | null {
  if (rawTrailers.length > limits.limitRequestFields * 2) {
    return reject(431, `The request has more than ${limits.limitRequestFields} trailer fields.`);
  }
  for (let index = 0; index < rawTrailers.length; index += 2) {
    const name = rawTrailers[index] ?? "";
    if (name.length + (rawTrailers[index + 1] ?? "").length + 4 > limits.limitRequestFieldSize) {
      return reject(431, `A trailer field is longer than ${limits.limitRequestFieldSize} bytes.`);
    }
    const lower = name.toLowerCase();
    if (forbiddenTrailers.has(lower) || lower.startsWith("x-forwarded-")) {
      return reject(400, `The trailer section has ${lower}, which belongs in the header section.`);
    }
  }
  return null;
}
