import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Log } from "../../src/log.ts";
import type { WatchFolder } from "../../src/reload/native-folders.ts";
import { openWatcher, type WatchOptions } from "../../src/reload/open-watcher.ts";
import type { Change, Watcher } from "../../src/reload/watcher.ts";

/** What a test wants other than a project of one root without settings. */
export interface WatchedDifferences extends Partial<WatchOptions> {
  readonly watchFolder?: WatchFolder;
}

/** A watcher, and what it has told. */
export interface Watched {
  readonly watcher: Watcher;
  /** The absolute path of something in the root. */
  readonly path: (name: string) => string;
  /** Takes a look. @returns what was told since this was asked before */
  readonly changes: () => Promise<readonly Change[]>;
  /** As `changes`: sorted lines of kind and path from the root. */
  readonly told: () => Promise<readonly string[]>;
  /** What was told already, without a look. */
  readonly sofar: () => readonly string[];
  /** Warnings in the log. */
  readonly warnings: readonly string[];
}

/** Watches until the test has finished. Sweeps only at looks, if the test does not say otherwise. */
export function watchRoot(
  root: string,
  type: WatchOptions["type"],
  differences: WatchedDifferences = {},
): Watched {
  const { watchFolder, ...options } = differences;
  const warnings: string[] = [];
  const log: Log = { debug() {}, info() {}, warning: (message) => warnings.push(message), error() {} };
  let gathered: Change[] = [];
  const watcher = openWatcher(
    {
      roots: [root],
      extra: [],
      exclude: [],
      environmentFiles: [],
      settingsFiles: [],
      type,
      interval: 3_600_000,
      log,
      ...options,
    },
    (changes) => gathered.push(...changes),
    watchFolder,
  );
  onTestFinished(() => watcher.close());
  const take = (): readonly Change[] => {
    const taken = gathered;
    gathered = [];
    return taken;
  };
  const lines = (changes: readonly Change[]): readonly string[] =>
    changes.map(({ kind, path }) => `${kind} ${path.replace(`${root}/`, "")}`).toSorted();
  const changes = async (): Promise<readonly Change[]> => {
    await watcher.look();
    return take();
  };
  return {
    watcher,
    path: (name) => join(root, name),
    changes,
    told: async () => lines(await changes()),
    sofar: () => lines(take()),
    warnings,
  };
}
