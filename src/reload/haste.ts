import type { Change } from "./watcher.ts";

/** Changes that come while the code is being loaded are waited out: this long (milliseconds) without one. */
const QUIET = 50;
/** Loads in a row that the same file interrupted, after which it is taken to be the load's own doing. */
const RESTLESS = 5;
/** Such a file has the code loaded again after this long, and longer each time. */
const FIRST_BACKOFF = 1_000;
const LONGEST_BACKOFF = 30_000;

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
 * during load after load is written by the application itself: that must not keep it from serving.
 */
export class HasteJudge {
  readonly #interruptions: Map<string, number> = new Map();
  #backOff: number = FIRST_BACKOFF;

  /** @param busy the code is being loaded, or about to be */
  judge(changes: readonly Change[], busy: boolean): Haste {
    if (!busy) return { kind: "now" };
    for (const { path } of changes) this.#interruptions.set(path, (this.#interruptions.get(path) ?? 0) + 1);
    const restless = changes.every(({ path }) => (this.#interruptions.get(path) ?? 0) > RESTLESS);
    if (!restless) return { kind: "after-quiet", milliseconds: QUIET };
    const milliseconds = this.#backOff;
    this.#backOff = Math.min(this.#backOff * 2, LONGEST_BACKOFF);
    return { kind: "afterwards", milliseconds, paths: changes.map(({ path }) => path) };
  }

  /** A load came to its end, and nothing had changed meanwhile. */
  settled(): void {
    this.#interruptions.clear();
    this.#backOff = FIRST_BACKOFF;
  }
}
