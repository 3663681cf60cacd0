import type { Log } from "../log.ts";

/** What shall be watched, and how. */
export interface WatchOptions {
  /** Absolute folders: the project first, then those of `--pythonpath`; one may lie in another. */
  readonly roots: readonly string[];
  /** `--reload-extra-file`: files, folders and globs, which need not exist; relative to the first root. */
  readonly extra: readonly string[];
  /** `--reload-exclude`: globs, relative to the first root. */
  readonly exclude: readonly string[];
  /** `--env-file`: absolute; they need not exist. */
  readonly environmentFiles: readonly string[];
  /** Highball's settings: absolute; they need not exist. */
  readonly settingsFiles: readonly string[];
  readonly type: "auto" | "native" | "stat";
  /** Milliseconds between two sweeps of the stat watcher. */
  readonly interval: number;
  readonly log: Log;
}
