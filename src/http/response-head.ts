/** The head of a response as the application gave it, checked and ready to be framed. */
export interface ResponseHead {
  readonly status: number;
  /** Status line and header lines, each ended by CR LF; without framing, hop-by-hop and Date. */
  readonly lines: string;
  /** What the application said; -1 if nothing. */
  readonly contentLength: number;
  /** 204 and 304 have no body (RFC 9110 §6.4.1). */
  readonly bodyless: boolean;
  /** The application asked for the connection to be closed. */
  readonly close: boolean;
  /** The application gave a Date of its own. */
  readonly dated: boolean;
}

/**
 * Fields about one connection are the gateway's own (RFC 9110 §7.6.1, PEP 3333 "Other HTTP
 * Features"): an application has no say.
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex -- RFC 9110 §5.5: what a field value may not hold
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

/** Applications say the same few heads again and again; parsing one costs more than this lookup. */
const cache: Map<string, ResponseHead> = new Map();
const CACHE_SIZE = 512;
const CACHED_LENGTH = 1024;

/**
 * Reads `200 OK\nName: value\n…`, as workers send it.
 *
 * @returns the head, or what is wrong with it as a sentence for the log
 */
export function parseResponseHead(text: string): ResponseHead | string {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const head = parse(text);
  if (typeof head === "object" && text.length <= CACHED_LENGTH) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(text, head);
  }
  return head;
}

function parse(text: string): ResponseHead | string {
  const [statusLine = "", ...fields] = text.split("\n");
  const status = Number(statusLine.slice(0, 3));
  if (!/^[2-5]\d\d( |$)/.test(statusLine) || FORBIDDEN.test(statusLine)) {
    return `The status is not like "200 OK": ${JSON.stringify(statusLine)}.`;
  }
  // RFC 9112 §4: the space after the code is there even where the reason is empty.
  let lines = `HTTP/1.1 ${statusLine.length === 3 ? `${statusLine} ` : statusLine}\r\n`;
  let contentLength = -1;
  let close = false;
  let date = false;
  let server = false;
  for (const field of fields) {
    const colon = field.indexOf(":");
    const name = field.slice(0, Math.max(colon, 0));
    const value = field.slice(colon + 1).trim();
    // RFC 9110 §5.1 and §5.5.
    if (!TOKEN.test(name)) return `A header's name is not a token: ${JSON.stringify(field)}.`;
    if (FORBIDDEN.test(value))
      return `The value of ${name} holds a control character: ${JSON.stringify(value)}.`;
    const lower = name.toLowerCase();
    if (lower === "content-length") {
      // RFC 9110 §8.6: two that differ would let two readers see two messages.
      if (!/^\d+$/.test(value) || (contentLength >= 0 && contentLength !== Number(value))) {
        return `Content-Length is ${JSON.stringify(value)}${contentLength < 0 ? "" : ` and ${contentLength}`}.`;
      }
      contentLength = Number(value);
      continue;
    }
    if (lower === "connection")
      close ||= value
        .toLowerCase()
        .split(/\s*,\s*/)
        .includes("close");
    if (HOP_BY_HOP.has(lower)) continue;
    date ||= lower === "date";
    server ||= lower === "server";
    lines += `${name}: ${value}\r\n`;
  }
  if (!server) lines += "Server: highball\r\n";
  return { status, lines, contentLength, close, dated: date, bodyless: status === 204 || status === 304 };
}

let currentDate = "";
let dateUntil = 0;

/** `Date: Fri, 20 Nov 2026 06:34:58 GMT`, made once a second. */
export function dateLine(): string {
  const now = Date.now();
  if (now >= dateUntil) {
    dateUntil = now - (now % 1000) + 1000;
    currentDate = `Date: ${new Date(now).toUTCString()}\r\n`;
  }
  return currentDate;
}
