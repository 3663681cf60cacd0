/** What the access log is told about one request, when it has ended in whatever way. */
export interface AccessRecord {
  /** The client; empty on a Unix socket. */
  readonly remoteAddress: string;
  /** Empty (or `-`) when the request could not be read, like `target` and `protocol`. */
  readonly method: string;
  /** As it was sent: latin-1, not decoded. */
  readonly target: string;
  /** For example `HTTP/1.1`. */
  readonly protocol: string;
  /** {@link CLIENT_LEFT} when the client had gone before there was one. */
  readonly status: number;
  /** Bytes of the response's body that were really sent. */
  readonly bytes: number;
  /** Milliseconds since 1970 when the request began. */
  readonly startedAt: number;
  /** Milliseconds, with a fraction, until it ended. */
  readonly duration: number;
  /** Process id of the worker; 0 when none saw the request. */
  readonly pid: number;
  /** Names and values of the request's headers, alternating, as Node has them. */
  readonly rawHeaders: readonly string[];
  /** Status and header lines of the response, joined by LF; empty when there was none. */
  readonly responseHead: string;
  /** `NAME\0VALUE\0…`; null when none was made. */
  readonly environ: string | null;
}

/** The status of a request whose client left before the response began: no RFC has one, nginx has 499. */
export const CLIENT_LEFT: number = 499;
