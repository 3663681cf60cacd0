/** Requests as data: what goes over the wire, byte for byte, and what must come of it. */

/** One rule of HTTP and the requests that break it. */
export interface Rule {
  /** `RFC 9112 §3.2`, or the advisory or the setting that the rule comes from. */
  readonly source: string;
  /** What a request must be, as in docs/reference/http.md. */
  readonly rule: string;
  readonly status: number;
  /** What tells one case from the other, and its bytes (latin-1). */
  readonly cases: Readonly<Record<string, string>>;
  /**
   * Also right when the bytes come in pieces: Node shows only the last packet of a request that its
   * parser refuses.
   */
  readonly statusInPieces?: number;
}

/** What the application must have got of one request. */
export interface Arrival {
  /** Values of the environ; undefined for keys that must not be there. */
  readonly environ: Readonly<Record<string, string | undefined>>;
  /** The body, whole and decoded (latin-1). @defaultValue empty */
  readonly body?: string;
}

/** Bytes that hold one or more valid requests. */
export interface WellFormed {
  /** `RFC 9112 §3.2.2: what it shows`. */
  readonly name: string;
  readonly bytes: string;
  readonly arrivals: readonly Arrival[];
  /** Status of the answer to what comes after them, at which the connection ends. */
  readonly refusal?: number;
  /** Whether the server must keep the connection open afterwards. @defaultValue true */
  readonly persistent?: boolean;
  /** In pieces the last bytes would come after the server has closed. @defaultValue false */
  readonly atOnceOnly?: boolean;
}

/** A GET with these lines between the request line and the blank line. */
export function get(...lines: readonly string[]): string {
  return ["GET / HTTP/1.1", ...lines, "", ""].join("\r\n");
}

/** A POST with Host, these lines, and a body. */
export function post(lines: readonly string[], body: string): string {
  return `${["POST / HTTP/1.1", "Host: a.test", ...lines, "", ""].join("\r\n")}${body}`;
}

/** A POST with Host and a body in the chunked coding, as it is on the wire. */
export function chunked(body: string): string {
  return post(["Transfer-Encoding: chunked"], body);
}

/** A request line, followed by nothing but Host. */
export function line(requestLine: string): string {
  return `${requestLine}\r\nHost: a.test\r\n\r\n`;
}
