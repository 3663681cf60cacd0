import type { Exchange } from "./exchange.ts";

/** Milliseconds between two looks. */
const INTERVAL = 500;

export interface DeadlineOptions {
  /** Milliseconds that a body may take before its rate counts. */
  readonly bodyTimeout: number;
  /** Bytes a second; 0 is no minimum. */
  readonly minimumRate: number;
}

/**
 * Watches bodies that are arriving: a client may be slow, but not slower than a minimum rate, or it
 * could hold memory and a connection for ever at one byte now and then.
 */
export class Deadlines {
  readonly #options: DeadlineOptions;
  readonly #watched: Set<Exchange> = new Set();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: DeadlineOptions) {
    this.#options = options;
  }

  watch(exchange: Exchange): void {
    this.#watched.add(exchange);
    this.#timer ??= setInterval(() => this.#look(), INTERVAL).unref();
  }

  unwatch(exchange: Exchange): void {
    if (this.#watched.delete(exchange) && this.#watched.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #look(): void {
    const { bodyTimeout, minimumRate } = this.#options;
    const now = performance.now();
    for (const exchange of this.#watched) {
      const { collector } = exchange;
      if (collector === null || collector.received < 0) continue;
      const elapsed = now - collector.startedAt;
      if (elapsed <= bodyTimeout || (collector.received * 1000) / elapsed >= minimumRate) continue;
      this.unwatch(exchange);
      // RFC 9110 §15.5.9.
      exchange.reject({
        status: 408,
        reason: `The body arrives at less than ${minimumRate} bytes a second.`,
      });
    }
  }
}
