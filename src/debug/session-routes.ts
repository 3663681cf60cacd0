import { jsonAnswer, pageAnswer } from "./answers.ts";
import type { Lock, Unlocking } from "./lock.ts";
import { readKey } from "./posted-body.ts";
import type { Outcome, Route } from "./route.ts";
import { setCookieField } from "./session-cookie.ts";
import type { Pages } from "./sources.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/** `unlock` and `session`: how a browser comes by its token. */
export class SessionRoutes {
  readonly #lock: Lock;
  readonly #evaluates: boolean;
  readonly #pages: Pages;

  constructor(lock: Lock, evaluates: boolean, pages: Pages) {
    this.#lock = lock;
    this.#evaluates = evaluates;
    this.#pages = pages;
  }

  unlocking(): Route {
    return {
      isForLocked: true,
      get: () => pageAnswer(this.#pages.renderUnlockPage()),
      post: (visit) => this.#unlock(visit),
    };
  }

  session(): Route {
    return { get: (visit) => this.#session(visit) };
  }

  #unlock(visit: DebugVisit): Outcome {
    const posted = readKey(visit.body);
    if (!posted.ok) return posted;
    const unlocking = this.#lock.unlock(visit, posted.value);
    if (unlocking.unlocked) {
      const { token, cookie } = unlocking.session;
      return jsonAnswer({ unlocked: true, token }, { fields: setCookieField(visit, cookie) });
    }
    const error = { code: "LOCKED", ...sentences(unlocking) };
    return jsonAnswer({ unlocked: false, wait: unlocking.wait, error }, { status: 403 });
  }

  #session(visit: DebugVisit): Outcome {
    const evaluates = this.#evaluates;
    const session = this.#lock.sessionOf(visit);
    if (session !== null) return jsonAnswer({ unlocked: true, evaluates, token: session.token });
    if (this.#lock.holdsToken(visit)) {
      return jsonAnswer({ unlocked: true, evaluates, token: this.#lock.scriptToken });
    }
    if (!this.#lock.isOpenTo(visit) || visit.method === "HEAD") {
      return jsonAnswer({ unlocked: false, evaluates, token: null });
    }
    const { token, cookie } = this.#lock.openSession(visit);
    return jsonAnswer({ unlocked: true, evaluates, token }, { fields: setCookieField(visit, cookie) });
  }
}

function sentences({ reason, wait }: Extract<Unlocking, { unlocked: false }>): {
  readonly message: string;
  readonly hint: string;
} {
  const elsewhere = "or open the link in the terminal of the server";
  switch (reason) {
    case "pin":
      return {
        message: "This is not the PIN of this project.",
        hint: wait === 0 ? `Try again, ${elsewhere}.` : `Try again in ${wait} s, ${elsewhere}.`,
      };
    case "waiting":
      return {
        message: "There were too many wrong PINs from this machine: this one was not looked at.",
        hint: `Try again in ${wait} s, ${elsewhere}.`,
      };
    case "ticket":
      return {
        message: "The link was used already, or is another server's.",
        hint: "Type the PIN that stands in the terminal of the server, or u and Enter there for a new link.",
      };
    case "remote":
      return {
        message: "The PIN is switched off, and so other machines can look at errors and do nothing.",
        hint: "Start the server without HIGHBALL_DEBUG_PIN=off to unlock the debugger from here.",
      };
  }
}
