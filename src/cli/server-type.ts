import type { Log } from "../log.ts";

/** What `serve()` resolves to, as far as the command needs it. */
export interface Server {
  readonly urls: readonly { readonly url: string; readonly label: string }[];
  /** The interpreter's name and version. */
  readonly python: string;
  readonly log: Log;
  /** Requests that have not been answered yet. */
  readonly inFlight?: number;
  /** Lets requests in flight finish, within the grace time. */
  close(): Promise<void>;
  /** The exit code, once everything has ended. */
  readonly finished: Promise<number>;
}
