/** Milliseconds after a load that has failed in which it may still write. */
const SOON = 1_000;
/** So often in a row such a change has the code loaded at once; then it takes longer each time. */
const AT_ONCE = 3;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/**
 * Tells what may mend broken code from what only follows it.
 *
 * Any file may be what keeps code from loading. But each failure writes, too: into the log of the server
 * (`highball dev > log`, `| tee log`) or of the application, which may be in the project. To load the code for that would
 * fail, and write, for ever.
 */
export class EchoJudge {
  /** Milliseconds after a load that has failed in which a change may be its own doing. */
  readonly #soon: number;
  #failedAt = Number.NEGATIVE_INFINITY;
  #echoes = 0;

  /** @param noticedWithin milliseconds after which a change is known of at the latest */
  constructor(noticedWithin: number) {
    this.#soon = SOON + noticedWithin;
  }

  /** A load has failed. */
  failed(): void {
    this.#failedAt = performance.now();
  }

  /** Milliseconds to wait before the code is loaded for changes that no code is in. */
  judge(): number {
    if (performance.now() - this.#failedAt > this.#soon) this.#echoes = 0;
    this.#echoes += 1;
    const over = this.#echoes - AT_ONCE;
    return over <= 0 ? 0 : Math.min(FIRST_WAIT * 2 ** (over - 1), LONGEST_WAIT);
  }

  /** Somebody has changed code. */
  forget(): void {
    this.#echoes = 0;
  }
}
