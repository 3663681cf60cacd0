import type { ClientConnection } from "./client-connection.ts";

/** Milliseconds between two looks, or less where a deadline is short. */
const INTERVAL = 500;

export interface DeadlineOptions {
  /** Milliseconds that an idle connection is kept. */
  readonly keepAlive: number;
  /** Milliseconds that a body may take before its rate counts. */
  readonly bodyTimeout: number;
  /** Bytes a second; 0 is no minimum. */
  readonly minimumRate: number;
}

/**
 * Ends what takes too long: connections that idle, and bodies that arrive so slowly that their
 * client could hold memory and a connection for ever.
 *
 * One timer for all of them: to set and clear one for every request, as Node does for idle
 * connections, costs half a microsecond each time.
 */
export class Deadlines {
  readonly #options: DeadlineOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: DeadlineOptions, connections: Iterable<ClientConnection>) {
    this.#options = options;
    const look = (): void => {
      this.#endIdle(connections);
      this.#endSlowBodies(connections);
    };
    this.#timer = setInterval(look, Math.max(10, Math.min(INTERVAL, options.keepAlive / 4))).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #endIdle(connections: Iterable<ClientConnection>): void {
    const limit = performance.now() - this.#options.keepAlive;
    for (const connection of connections) {
      // One that has never carried a request is Node's to watch, with the deadline of heads.
      if (!connection.used || !connection.idle || connection.closing) continue;
      // The moment is noted here, at the first look that finds it idle.
      connection.idleSince ??= performance.now();
      if (connection.idleSince <= limit) connection.end();
    }
  }

  #endSlowBodies(connections: Iterable<ClientConnection>): void {
    const { bodyTimeout, minimumRate } = this.#options;
    const now = performance.now();
    for (const { newest } of connections) {
      const collector = newest?.collector ?? null;
      if (newest === undefined || collector === null) continue;
      const elapsed = now - collector.startedAt;
      if (elapsed <= bodyTimeout || (collector.received * 1000) / elapsed >= minimumRate) continue;
      // RFC 9110 §15.5.9.
      newest.reject({
        status: 408,
        reason: `The body arrives at less than ${minimumRate} bytes a second.`,
      });
    }
  }
}
