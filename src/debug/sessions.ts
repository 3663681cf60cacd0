import { createHash, randomBytes } from "node:crypto";

/** Browsers that are unlocked at the same time; the one that is longest unlocked gives way. */
const MOST = 100;

/**
 * A browser that is unlocked. It needs both: the cookie, which no script can read, and the token in
 * a header, which no page of another origin can send. Neither suffices alone, because browsers send
 * cookies to every port of a host.
 */
export interface Session {
  readonly cookie: string;
  readonly token: string;
}

/** The browsers that are unlocked, as long as this process runs: new code does not lock them again. */
export class Sessions {
  /** By the digest of their cookie: to look one up takes a time that says nothing of the others. */
  readonly #open: Map<string, Session> = new Map();

  open(): Session {
    const session = { cookie: randomToken(), token: randomToken() };
    this.#open.set(digest(session.cookie), session);
    if (this.#open.size > MOST) {
      const [oldest = ""] = this.#open.keys();
      this.#open.delete(oldest);
    }
    return session;
  }

  /** @param cookies all that the browser has by our name: one of another port's may stand before ours */
  find(cookies: readonly string[]): Session | null {
    for (const cookie of cookies) {
      const session = this.#open.get(digest(cookie));
      if (session !== undefined) return session;
    }
    return null;
  }
}

/** 256 bits, as text that may stand in a header. */
export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

function digest(cookie: string): string {
  return createHash("sha256").update(cookie).digest("base64url");
}
