import { createHash, randomBytes } from "node:crypto";

/** Links that may lie in terminals, unused. */
const MOST = 100;

/**
 * Secrets that unlock the debugger once: for the link in the terminal. It carries its ticket in the
 * fragment, which no browser sends (RFC 3986 §3.5), so that it reaches neither a log nor Referer;
 * that it stays in the browser's history does no harm once it was used.
 */
export class Tickets {
  /** Digests: to look one up takes a time that says nothing of the others. */
  readonly #open: Set<string> = new Set();

  issue(): string {
    const ticket = randomBytes(18).toString("base64url");
    this.#open.add(digest(ticket));
    if (this.#open.size > MOST) {
      const [oldest = ""] = this.#open;
      this.#open.delete(oldest);
    }
    return ticket;
  }

  /** Takes a ticket; true the first time that it is shown. */
  redeem(ticket: string): boolean {
    return this.#open.delete(digest(ticket));
  }
}

function digest(ticket: string): string {
  return createHash("sha256").update(ticket).digest("base64url");
}
