/** A request for something of the debugger's, received whole. */
export interface DebugVisit {
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  /** Behind the question mark; empty if there is none. */
  readonly query: string;
  /** `http` or `https`, in the eyes of the client. */
  readonly scheme: string;
  /** Host, or the authority of the target; null where there is none. */
  readonly host: string | null;
  /** The connection comes from this machine, and no trusted proxy says that the request does not. */
  readonly isLocal: boolean;
  /** Empty over a Unix socket. */
  readonly remoteAddress: string;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}
