export type PromptListener = (open: boolean) => void;

/**
 * Whether somebody is wanted at the terminal, by a debugger for example: the door between `worker/`,
 * which learns it, and the command, which shares the terminal. Neither imports the other.
 */
export class Prompts {
  readonly #listeners: Set<PromptListener> = new Set();
  #count = 0;

  /** Some worker waits for what is typed. */
  get open(): boolean {
    return this.#count > 0;
  }

  /** One worker more (+1) waits, or one less (-1). */
  changed(difference: 1 | -1): void {
    const before = this.open;
    this.#count = Math.max(0, this.#count + difference);
    if (this.open !== before) for (const listener of this.#listeners) listener(this.open);
  }

  /** Hears, at once, when the first worker begins to wait and when none does any more. */
  subscribe(listener: PromptListener): void {
    this.#listeners.add(listener);
  }
}
