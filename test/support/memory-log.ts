import type { Log } from "../../src/log.ts";

/** A log that a test can read. */
export class MemoryLog implements Log {
  readonly #lines: string[] = [];

  /** `level: message`, oldest first. */
  lines(): readonly string[] {
    return this.#lines;
  }

  debug(message: string): void {
    this.#lines.push(`debug: ${message}`);
  }

  info(message: string): void {
    this.#lines.push(`info: ${message}`);
  }

  warning(message: string): void {
    this.#lines.push(`warning: ${message}`);
  }

  error(message: string): void {
    this.#lines.push(`error: ${message}`);
  }
}
