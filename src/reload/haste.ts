import type { Change } from "./watcher.ts";

/**
 * Milliseconds without a change that are waited for after the first load that was interrupted, the
 * second, and so on.
 */
const QUIET: readonly number[] = [15, 50, 50, 250, 250];
const LONGEST_QUIET = 1_000;
/** Loads in a row that the same file interrupted, after which it is known to be the load's own doing. */
const RESTLESS = 6;
/** Such a file has the code loaded again after this long, and longer each time. */
const FIRST_BACKOFF = 1_000;
const LONGEST_BACKOFF = 30_000;

/** What the reloader is doing when a change comes. */
export type Activity = "idle" | "waiting" | "loading";

/** When to load the code: at once, after some quiet, or when the load that runs has ended, and later. */
export type Haste =
  | { readonly kind: "now" }
  | { readonly kind: "after-quiet"; readonly milliseconds: number }
  | { readonly kind: "afterwards"; readonly milliseconds: number; readonly paths: readonly string[] };

/**
 * Judges how soon a change is followed by a load.
 *
 * A single save is, at once. When more comes while the code is being loaded it is a branch switch or
 * a formatter at work: the load is abandoned, and the next one waits for quiet. A file that changes
 * during load after load, and never between them, is written by the application itself: that must not
 * keep it from serving.
 */
export class HasteJudge {
  readonly #interruptions: Map<string, number> = new Map();
  #interrupted = 0;
  #backOff: number = FIRST_BACKOFF;

  judge(changes: readonly Change[], activity: Activity): Haste {
    // A load on demand says nothing of who writes.
    if (changes.length === 0 && activity === "idle") return { kind: "now" };
    if (activity !== "loading") {
      // Somebody writes while nothing runs: it is not the application.
      this.#interruptions.clear();
      if (activity === "waiting") return this.#afterQuiet();
      this.settled();
      return { kind: "now" };
    }
    for (const { path } of changes) this.#interruptions.set(path, (this.#interruptions.get(path) ?? 0) + 1);
    if (changes.every(({ path }) => (this.#interruptions.get(path) ?? 0) >= RESTLESS)) {
      const milliseconds = this.#backOff;
      this.#backOff = Math.min(this.#backOff * 2, LONGEST_BACKOFF);
      return { kind: "afterwards", milliseconds, paths: changes.map(({ path }) => path) };
    }
    this.#interrupted += 1;
    return this.#afterQuiet();
  }

  /** A load came to its end, and nothing had changed meanwhile. */
  settled(): void {
    this.#interruptions.clear();
    this.#interrupted = 0;
    this.#backOff = FIRST_BACKOFF;
  }

  #afterQuiet(): Haste {
    const milliseconds = QUIET[Math.max(0, this.#interrupted - 1)] ?? LONGEST_QUIET;
    return { kind: "after-quiet", milliseconds };
  }
}
