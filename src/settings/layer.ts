import type { Origin } from "./origin.ts";
import type { InputName } from "./table.ts";

/** A setting as one place gives it, not read yet. */
export interface Given {
  /** One for each time it was given; the later one counts where a kind takes a single value. */
  readonly raws: readonly unknown[];
  readonly origin: Origin;
  /** What relative paths in it are relative to. */
  readonly directory: string;
}

/** Everything that one place gives: the flags, the environment, a file. */
export type Layer = ReadonlyMap<InputName, Given>;
