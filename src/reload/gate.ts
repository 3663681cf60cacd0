import type { Application, ApplicationRequest, Call, Failure, Responder } from "../application.ts";
import { HeldCall } from "./held-call.ts";

export interface GateOptions {
  readonly application: Application;
  /** Requests that may be held; more are answered 503. */
  readonly limit: number;
  /** Looks at the files: resolves once every change that was saved before the call has been dealt with. */
  readonly look: () => Promise<void>;
}

/** What happens to a request once a look has been taken for it. */
type Passage =
  | { readonly kind: "open" }
  | { readonly kind: "held" }
  | { readonly kind: "refused"; readonly failure: Failure };

/**
 * Lets a request through to the application only when the code that serves is the code on disk.
 *
 * Every request is preceded by a look that began after it arrived; those that arrive during one
 * look share the next. So a request that is sent after a save has returned never meets older code.
 */
export class Gate implements Application {
  readonly #options: GateOptions;
  #passage: Passage = { kind: "held" };
  /** Arrived, and no look has begun since. */
  #arrived: HeldCall[] = [];
  #looking = false;
  /** Looked for, and waiting for the code that is being loaded. */
  #held: HeldCall[] = [];

  constructor(options: GateOptions) {
    this.#options = options;
  }

  begin(request: ApplicationRequest, responder: Responder): Call {
    const call = new HeldCall(request, responder);
    this.#arrived.push(call);
    this.#lookSoon();
    return call;
  }

  get isOpen(): boolean {
    return this.#passage.kind === "open";
  }

  /** The code on disk is newer than the code that serves: requests wait. */
  hold(): void {
    this.#passage = { kind: "held" };
  }

  /** The code on disk serves. */
  open(): void {
    this.#pass({ kind: "open" });
  }

  /** The code on disk cannot be loaded. */
  refuse(failure: Failure): void {
    this.#pass({ kind: "refused", failure });
  }

  #pass(passage: Passage): void {
    this.#passage = passage;
    const held = this.#held;
    this.#held = [];
    this.#admit(held);
  }

  #lookSoon(): void {
    if (this.#looking || this.#arrived.length === 0) return;
    this.#looking = true;
    // At the end of this turn, so that all that arrive in it share one look.
    setImmediate(() => void this.#look());
  }

  async #look(): Promise<void> {
    const calls = this.#arrived;
    this.#arrived = [];
    await this.#options.look();
    this.#looking = false;
    this.#admit(calls);
    this.#lookSoon();
  }

  #admit(calls: readonly HeldCall[]): void {
    const passage = this.#passage;
    for (const call of calls) {
      if (call.cancelled) continue;
      if (passage.kind === "open") call.release(this.#options.application);
      else if (passage.kind === "refused") call.fail(passage.failure);
      else if (this.#held.length < this.#options.limit) this.#held.push(call);
      else call.fail(tooMany(this.#held.length));
    }
  }
}

function tooMany(held: number): Failure {
  return {
    kind: "overloaded",
    reason: `${held} requests wait for the code to load already`,
    retryAfter: 1,
  };
}
