/**
 * A value that does not fit its setting. The reader of the value knows no place;
 * `resolve.ts` adds where it was given and turns this into a `HighballError`.
 */
export class Misfit extends Error {
  /** A value that would have been right, where the kind's own example is too far away. */
  readonly example: string | undefined;

  constructor(reason: string, { example }: { example?: string | undefined } = {}) {
    super(reason);
    this.name = "Misfit";
    this.example = example;
  }
}

/** A value as a message shows it: text in quotes, everything else as JSON. */
export function quote(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function") {
    return String(value);
  }
  return JSON.stringify(value) ?? "undefined";
}
