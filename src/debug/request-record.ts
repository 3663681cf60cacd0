/** A request that is kept, so that it can be looked at and sent again. */
export interface RequestRecord {
  /** Counts up from 1 in one run of the server. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** As it was sent: path and query. */
  readonly target: string;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  /** As they were sent, secrets too: they leave this process masked (`secrets.ts`), or in a replay. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null where it was larger than is kept. */
  readonly body: Buffer | null;
  readonly bodySize: number;
  /** `NAME`, `VALUE`, … as the application got it; null if it never came to that. */
  readonly environ: readonly (readonly [name: string, value: string])[] | null;
  readonly remoteAddress: string;
  /** Null until it is answered. */
  readonly status: number | null;
  /** Milliseconds, null until it is answered. */
  readonly duration: number | null;
  /** Of the `ErrorRecord` that came of it. */
  readonly error: number | null;
  /** Of the request that it repeats. */
  readonly replayOf: number | null;
}
