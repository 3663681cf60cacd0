import { accessTime, type TimeFormat } from "../log/local-time.ts";
import type { AccessRecord } from "./access-record.ts";

/** Reads one thing out of a record, before it is escaped. */
export type AtomReader = (record: AccessRecord) => string;

/** One `%(name)s` of an access log format. */
export interface Atom {
  readonly name: string;
  /** As the reference page has it. */
  readonly meaning: string;
  /** What somebody may call it who does not know its letter. */
  readonly words: readonly string[];
  /** Numbers may also be written `%(name)d`. */
  readonly isNumber?: boolean;
  /** Made here and not by a client: there is nothing in it to escape. */
  readonly isOurs?: boolean;
  readonly makeReader: () => AtomReader;
}

/** Every atom without a name in braces: gunicorn's. */
export const atoms: readonly Atom[] = [
  atom(
    "h",
    "address of the client; `-` on a Unix socket",
    "host address remote ip client",
    (record) => record.remoteAddress || "-",
  ),
  ours("l", "`-`, for the identity that RFC 1413 once gave", "identity ident", () => "-"),
  atom(
    "u",
    "user name of Basic authentication, never the password; `-` without",
    "user username",
    (record) => basicUser(record.rawHeaders) || "-",
  ),
  {
    name: "t",
    meaning: "when the request began, `[20/Nov/2026:04:29:59 +0000]`",
    words: ["time", "date", "timestamp"],
    isOurs: true,
    makeReader: () => {
      const time: TimeFormat = accessTime();
      return (record) => `[${time(record.startedAt)}]`;
    },
  },
  atom(
    "r",
    "request line, `GET /path?query HTTP/1.1`; `-` when it could not be read",
    "request line requestline",
    requestLine,
  ),
  atom("m", "method", "method verb", (record) => record.method || "-"),
  atom("U", "path, percent-decoded, without the query", "path url uri pathinfo", (record) =>
    decodedPath(record.target),
  ),
  atom("q", "query, without the `?`; empty without", "query querystring args", (record) =>
    query(record.target),
  ),
  atom("H", "protocol, `HTTP/1.1`", "protocol", (record) => record.protocol || "-"),
  number(
    "s",
    "status; 499 when the client left before the response began",
    "status code",
    (record) => record.status,
  ),
  number("B", "bytes of the body that were sent", "bytes length size", (record) => record.bytes),
  ours("b", "as `B`, but `-` for none", "bytesordash", (record) =>
    record.bytes === 0 ? "-" : String(record.bytes),
  ),
  atom("f", "Referer of the request; `-` without", "referer referrer", (record) =>
    requestHeader(record, "referer"),
  ),
  atom("a", "User-Agent of the request; `-` without", "agent useragent", (record) =>
    requestHeader(record, "user-agent"),
  ),
  number("T", "duration in whole seconds", "seconds", (record) => Math.floor(record.duration / 1000)),
  number("D", "duration in microseconds", "duration microseconds micros us", (record) =>
    Math.round(record.duration * 1000),
  ),
  number("M", "duration in whole milliseconds", "milliseconds millis ms", (record) =>
    Math.floor(record.duration),
  ),
  ours("L", "duration in seconds, `0.001234`", "decimalseconds latency", (record) =>
    (record.duration / 1000).toFixed(6),
  ),
  ours(
    "p",
    "process id of the worker, `<6847>`; `-` when no worker saw the request",
    "pid process worker",
    (record) => (record.pid === 0 ? "-" : `<${record.pid}>`),
  ),
];

/** What `%({name}i)s`, `%({name}o)s` and `%({name}e)s` are; `-` where there is no such name. */
export const namedAtoms: Readonly<
  Record<"i" | "o" | "e", { meaning: string; makeReader: (name: string) => AtomReader }>
> = {
  i: {
    meaning: "request header `name`, in any case; several are joined by `, `",
    makeReader: (name) => {
      const wanted = name.toLowerCase();
      return (record) => requestHeader(record, wanted);
    },
  },
  o: {
    meaning: "response header `name`, in any case; several are joined by `, `",
    makeReader: (name) => {
      const wanted = name.toLowerCase();
      return (record) => responseHeader(record.responseHead, wanted);
    },
  },
  e: {
    meaning: "`name` of the WSGI environ, for example `{REMOTE_PORT}e`, in any case",
    makeReader: (name) => {
      const wanted = name.toLowerCase();
      return (record) => environValue(record.environ, wanted);
    },
  },
};

function atom(name: string, meaning: string, words: string, read: AtomReader): Atom {
  return { name, meaning, words: words.split(" "), makeReader: () => read };
}

function ours(name: string, meaning: string, words: string, read: AtomReader): Atom {
  return { ...atom(name, meaning, words, read), isOurs: true };
}

function number(name: string, meaning: string, words: string, read: (record: AccessRecord) => number): Atom {
  return { ...ours(name, meaning, words, (record) => String(read(record))), isNumber: true };
}

function requestLine(record: AccessRecord): string {
  return record.method === "" || record.method === "-"
    ? "-"
    : `${record.method} ${record.target} ${record.protocol}`;
}

/** RFC 7617 §2: `user:password` in base64; what stands before the first colon is the user. */
function basicUser(rawHeaders: readonly string[]): string {
  const credentials = /^basic +([a-z0-9+/=_-]+) *$/i.exec(
    headerValue(rawHeaders, "authorization") ?? "",
  )?.[1];
  if (credentials === undefined) {
    return "";
  }
  const pair = Buffer.from(credentials, "base64").toString("latin1");
  const colon = pair.indexOf(":");
  return colon === -1 ? "" : pair.slice(0, colon);
}

/** Bytes as PATH_INFO has them: latin-1 (PEP 3333). An absolute-form target loses its authority (RFC 9112 §3.2.2). */
function decodedPath(target: string): string {
  const end = target.indexOf("?");
  const path = (end === -1 ? target : target.slice(0, end)).replace(/^https?:\/\/[^/]*/i, "");
  if (path === "") {
    return target === "" ? "-" : "/";
  }
  return path.includes("%")
    ? path.replace(/%([0-9a-f]{2})/gi, (_match, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 16)),
      )
    : path;
}

function query(target: string): string {
  const start = target.indexOf("?");
  return start === -1 ? "" : target.slice(start + 1);
}

function requestHeader(record: AccessRecord, wanted: string): string {
  return headerValue(record.rawHeaders, wanted) ?? "-";
}

/** @param wanted in lower case */
function headerValue(rawHeaders: readonly string[], wanted: string): string | undefined {
  let value: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.length === wanted.length && name.toLowerCase() === wanted) {
      const next = rawHeaders[index + 1] ?? "";
      value = value === undefined ? next : `${value}, ${next}`;
    }
  }
  return value;
}

function responseHeader(head: string, wanted: string): string {
  // The first line is the status.
  const values = head
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(":");
      return line.slice(0, colon).toLowerCase() === wanted ? [line.slice(colon + 1).trim()] : [];
    });
  return values.length === 0 ? "-" : values.join(", ");
}

function environValue(environ: string | null, wanted: string): string {
  const parts = environ?.split("\0") ?? [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    if (parts[index]?.toLowerCase() === wanted) {
      return parts[index + 1] ?? "-";
    }
  }
  return "-";
}
