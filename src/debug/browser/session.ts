import { ApiError, getJson, postJson } from "./api.ts";
import { recall, remember } from "./memory.ts";

interface SessionState {
  readonly unlocked: boolean;
  readonly evaluates: boolean;
  readonly token: string | null;
}

/** Seconds until the next attempt, and why this one did not help. */
export type Unlocking =
  | { readonly unlocked: true }
  | { readonly unlocked: false; readonly wait: number; readonly reason: string };

/**
 * Where this origin keeps the token for its other tabs and its next page. A cookie would be sent to every port of the
 * host (RFC 6265 §8.5), and one that no script can read has to be there too before the token opens anything.
 */
const KEY = "token";

const LOCKED: SessionState = { unlocked: false, evaluates: false, token: null };

/** Whether this browser may run code, and the token that shows it. */
export class Session {
  #state: SessionState = LOCKED;
  readonly #listeners = new Set<() => void>();
  readonly #channel = new BroadcastChannel("highball session");

  constructor() {
    // A tab that was unlocked unlocks all: they share cookie and token.
    this.#channel.addEventListener("message", () => void this.refresh());
  }

  get isUnlocked(): boolean {
    return this.#state.unlocked && this.#state.token !== null;
  }

  /** @returns ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the server what this browser may do. */
  async refresh(): Promise<void> {
    const token = recall("local", KEY) ?? this.#state.token;
    try {
      const state = (await getJson("session", token)) as SessionState;
      const newer = recall("local", KEY);
      // Another tab was unlocked meanwhile: its token is not to be forgotten for an answer from before.
      if (state.token === null && newer !== null && newer !== token) {
        await this.refresh();
        return;
      }
      remember("local", KEY, state.token);
      this.#set(state);
    } catch {
      this.#set(LOCKED);
    }
  }

  /** @param proof the PIN, or the ticket of a link */
  async unlock(proof: { readonly pin: string } | { readonly ticket: string }): Promise<Unlocking> {
    try {
      const { token } = (await postJson("unlock", proof, recall("local", KEY))) as SessionState;
      remember("local", KEY, token);
      this.#state = { ...this.#state, token };
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
    const { token } = this.#state;
    try {
      return await postJson(route, body, token);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "LOCKED") throw error;
      // The server may have been started again, and ask for no PIN.
      await this.refresh();
      if (!this.isUnlocked || this.#state.token === token) throw error;
      return postJson(route, body, this.#state.token);
    }
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
