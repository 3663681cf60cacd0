import { isLoopback } from "../http/loopback.ts";
import { fieldValues } from "../http/request-fields.ts";
import { Attempts } from "./attempts.ts";
import { isPin, type Pin } from "./pin.ts";
import { sameSecret } from "./same-secret.ts";
import { sessionCookies } from "./session-cookie.ts";
import { randomToken, type Session, Sessions } from "./sessions.ts";
import { Tickets } from "./tickets.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/** What somebody unlocks the debugger with. */
export type Key = { readonly pin: string } | { readonly ticket: string };

export type Unlocking =
  | { readonly unlocked: true; readonly session: Session }
  /** @remarks `wait` seconds before the next PIN counts; `reason` says what was wrong. */
  | {
      readonly unlocked: false;
      readonly wait: number;
      readonly reason: "pin" | "ticket" | "waiting" | "remote";
    };

/** Where the link in the terminal leads; the ticket is behind it, as a fragment. */
const UNLOCK_PATH = "/__highball__/unlock";

/** PIN, tickets, sessions and the token of scripts: who may have the debugger do something. */
export class Lock {
  /** For programs of the same user, which find it in the server file. */
  readonly scriptToken: string = randomToken();
  readonly pin: Pin;
  readonly #attempts: Attempts;
  readonly #tickets: Tickets = new Tickets();
  readonly #sessions: Sessions = new Sessions();
  readonly #wrongPin: (address: string) => void;

  /** @param wrongPin told of every wrong PIN that counted, without it */
  constructor(pin: Pin, wrongPin: (address: string) => void, attempts: Attempts = new Attempts()) {
    this.pin = pin;
    this.#wrongPin = wrongPin;
    this.#attempts = attempts;
  }

  /** A link that unlocks the browser that it is opened in, once. @param base address of the server */
  unlockLink(base: string): string {
    return `${base.replace(/\/$/, "")}${UNLOCK_PATH}#${this.#tickets.issue()}`;
  }

  /** Whether the token in the header is a script's, or that of the browser whose cookie came with it. */
  holdsToken(visit: DebugVisit): boolean {
    const token = tokenOf(visit);
    return (token !== null && sameSecret(token, this.scriptToken)) || this.sessionOf(visit) !== null;
  }

  /**
   * Of the browser that asks; null while it is locked. The cookie alone makes none: browsers send it to every port
   * of this machine, and so to other users' programs, which could ask with it what its token is.
   */
  sessionOf(visit: DebugVisit): Session | null {
    const session = this.#sessions.find(sessionCookies(visit));
    const token = tokenOf(visit);
    return session !== null && token !== null && sameSecret(token, session.token) ? session : null;
  }

  /** A browser without a session may have one without more ado. */
  isOpenTo({ isLocal }: DebugVisit): boolean {
    return this.pin.kind === "off" && isLocal;
  }

  /** For a browser that is to be unlocked: its other tabs go on with the session that they have. */
  openSession(visit: DebugVisit): Session {
    return this.#sessions.find(sessionCookies(visit)) ?? this.#sessions.open();
  }

  unlock(visit: DebugVisit, key: Key): Unlocking {
    // Nobody's attempts keep a browser out that is in.
    const session = this.sessionOf(visit);
    if (session !== null) return { unlocked: true, session };
    if (this.isOpenTo(visit)) return { unlocked: true, session: this.openSession(visit) };
    if ("ticket" in key) {
      if (this.#tickets.redeem(key.ticket)) return { unlocked: true, session: this.openSession(visit) };
      return { unlocked: false, wait: 0, reason: "ticket" };
    }
    if (this.pin.kind === "off") return { unlocked: false, wait: 0, reason: "remote" };
    return this.#tryPin(visit, key.pin);
  }

  /** Nothing else happens between the look at the waiting time and the count: no two guesses pass at once. */
  #tryPin(visit: DebugVisit, pin: string): Unlocking {
    const { remoteAddress: address } = visit;
    const client = clientOf(visit);
    const wait = this.#attempts.wait(client);
    // Right or wrong: else waiting would tell.
    if (wait > 0) return { unlocked: false, wait, reason: "waiting" };
    if (isPin(this.pin, pin)) {
      this.#attempts.succeeded(client);
      return { unlocked: true, session: this.openSession(visit) };
    }
    this.#attempts.failed(client);
    this.#wrongPin(address);
    return { unlocked: false, wait: this.#attempts.wait(client), reason: "pin" };
  }
}

/** Null where there is none, or more than one. */
function tokenOf({ rawHeaders }: DebugVisit): string | null {
  const [token, ...others] = fieldValues(rawHeaders, "x-highball-token");
  return token === undefined || others.length > 0 ? null : token;
}

/** Whose attempt it is: those that a proxy of this machine passes on are not the developer's. */
function clientOf({ isLocal, remoteAddress }: DebugVisit): string {
  const isProxy = !isLocal && (remoteAddress === "" || isLoopback(remoteAddress));
  return isProxy ? "proxy" : remoteAddress;
}
