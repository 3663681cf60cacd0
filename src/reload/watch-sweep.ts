import { performance } from "node:perf_hooks";

import type { FileBook, KnownFile } from "./file-book.ts";
import { RELOADING } from "./roles.ts";
import type { WatchTree } from "./watch-tree.ts";

/** Files and folders between two yields: about half a millisecond. */
const PORTION = 250;

/** Watched files up to which a look compares all; of more, those that make the application load again. */
const ALL = 2_000;

/**
 * Compares what is watched with what is known of it, in portions.
 *
 * @param purpose a look, for which a request waits, leaves out assets when there is very much
 */
export function* sweep(tree: WatchTree, book: FileBook, purpose: "look" | "interval"): Generator<void> {
  const all = purpose === "interval" || book.size <= ALL;
  let done = 0;
  tree.enterStarts("created");
  for (const path of tree.paths()) {
    tree.sweep(path);
    done += 1;
    if (done % PORTION === 0) yield;
  }
  for (const file of book.all()) {
    if (!all && !RELOADING.has(file.role)) continue;
    tree.check(file, false);
    done += 1;
    if (done % PORTION === 0) yield;
  }
}

/** Milliseconds that one glance may take; 500 files or more on a local disk. */
const GLANCE = 1;
/** Files that one glance compares at most. */
const MOST = 1_000;
/** Files between two looks at the clock. */
const STRIDE = 32;

/**
 * Compares some of the files that make the application load again, and the next ones the next time:
 * what events do not tell (a write through another hard link, a mapping, or another machine).
 */
export class Glance {
  readonly #tree: WatchTree;
  readonly #book: FileBook;
  #files: readonly KnownFile[] = [];
  #edition = -1;
  #next = 0;

  constructor(tree: WatchTree, book: FileBook) {
    this.#tree = tree;
    this.#book = book;
  }

  /** @returns the paths of those that had changed */
  take(): readonly string[] {
    if (this.#edition !== this.#book.edition) {
      this.#edition = this.#book.edition;
      this.#files = [...this.#book.all()].filter(({ role }) => RELOADING.has(role));
    }
    const files = this.#files;
    const changed: string[] = [];
    const until = performance.now() + GLANCE;
    for (let count = 0; count < Math.min(files.length, MOST); count += 1) {
      if (count % STRIDE === 0 && count > 0 && performance.now() > until) break;
      this.#next = this.#next < files.length ? this.#next : 0;
      const file = files[this.#next];
      if (file !== undefined && this.#tree.check(file, false)) changed.push(file.path);
      this.#next += 1;
    }
    return changed;
  }
}
