import { ApiError, getJson, postJson } from "./api.ts";

interface SessionState {
  readonly unlocked: boolean;
  readonly evaluates: boolean;
  /** In memory only: no storage, no cookie that a script could read. */
  readonly token: string | null;
}

/** Seconds until the next attempt, and why this one did not help. */
export type Unlocking =
  | { readonly unlocked: true }
  | { readonly unlocked: false; readonly wait: number; readonly reason: string };

const LOCKED: SessionState = { unlocked: false, evaluates: false, token: null };

/** Whether this browser may run code, and the token that shows it. */
export class Session {
  #state: SessionState = LOCKED;
  readonly #listeners = new Set<() => void>();
  readonly #channel = new BroadcastChannel("highball session");

  constructor() {
    // A tab that was unlocked unlocks all: they share the cookie.
    this.#channel.addEventListener("message", () => void this.refresh());
  }

  get isUnlocked(): boolean {
    return this.#state.unlocked && this.#state.token !== null;
  }

  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Asks the server what this browser may do. */
  async refresh(): Promise<void> {
    try {
      this.#set((await getJson("session")) as SessionState);
    } catch {
      this.#set(LOCKED);
    }
  }

  /** @param proof the PIN, or the ticket of a link */
  async unlock(proof: { readonly pin: string } | { readonly ticket: string }): Promise<Unlocking> {
    try {
      await postJson("unlock", proof, null);
    } catch (error) {
      if (!(error instanceof ApiError) || typeof error.details["wait"] !== "number") throw error;
      return { unlocked: false, wait: error.details["wait"], reason: error.message };
    }
    await this.refresh();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    this.#channel.postMessage("unlocked");
    return { unlocked: true };
  }

  /** Asks for something that only who has unlocked may have. */
  async post(route: string, body: unknown): Promise<unknown> {
    try {
      return await postJson(route, body, this.#state.token);
    } catch (error) {
      if (error instanceof ApiError && error.code === "LOCKED") this.#set(LOCKED);
      throw error;
    }
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
