import { dirname } from "node:path";

import type { FileBook, KnownFile } from "./file-book.ts";
import { statusAtLink, statusOf } from "./file-stamp.ts";
import type { WatchScope } from "./watch-scope.ts";
import type { WatchTree } from "./watch-tree.ts";

/** Is told which files are watched for themselves, wherever they are. */
export interface NamedListener {
  /** Their names are others now: what happens to them from now on must be told by an event. */
  renamed(): void;
  /** This one is a symbolic link. */
  linked(path: string): void;
  unnamed(path: string): void;
}

/**
 * Milliseconds that a file's change time may lie before the moment it was changed: the kernel stamps
 * with the time of its last timer interrupt.
 */
const CLOCK_LAG = 10;

/** The files that are watched for themselves: those that the user named, and those that were imported. */
export class NamedFiles {
  readonly #scope: WatchScope;
  readonly #book: FileBook;
  readonly #tree: WatchTree;
  readonly #listener: NamedListener;
  #followed: readonly string[] = [];

  constructor(scope: WatchScope, book: FileBook, tree: WatchTree, listener: NamedListener) {
    this.#scope = scope;
    this.#book = book;
    this.#tree = tree;
    this.#listener = listener;
  }

  /** Takes those that the user named as they are. */
  open(): void {
    this.#listener.renamed();
    for (const path of this.#scope.named()) if (this.#book.get(path) === undefined) this.#admit(path);
  }

  /**
   * Begins to watch what was imported, and no longer what only an earlier worker did.
   *
   * @param since milliseconds since the epoch; what was changed later, and nobody watched, is noted
   * @param opened when all of the tree was watched; an import that began later was seen whole
   */
  follow(files: readonly string[], since: number, opened: number): void {
    if (isEqual(files, this.#followed)) return;
    this.#followed = files;
    const before = new Set(this.#scope.named());
    // What is known to exist is in no archive.
    const strangers = files.filter((path) => (this.#book.get(path)?.stamp ?? null) === null);
    this.#scope.follow([...files, ...archivesOf(strangers)]);
    this.#listener.renamed();
    for (const path of this.#scope.named()) {
      if (before.delete(path)) continue;
      const known = this.#book.get(path);
      const file = known ?? this.#admit(path);
      if (known !== undefined) this.#tree.judgeFile(known);
      const changed = file.stamp?.changed ?? 0;
      // What is in the tree was watched since that was opened; before, nobody saw it change. The end
      // of the millisecond: files have the times of a finer clock.
      const seen = known !== undefined && (since >= opened || changed > opened + 1);
      if (changed >= since - CLOCK_LAG && !seen) this.#book.doubt(file);
    }
    for (const path of before) {
      const file = this.#book.get(path);
      // In a watched folder it is still one of its entries.
      if (!this.#tree.has(dirname(path))) this.#listener.unnamed(path);
      if (file !== undefined) this.#tree.judgeFile(file);
    }
  }

  #admit(path: string): KnownFile {
    const { stats, link } = statusAtLink(path);
    const role = this.#scope.roleOfNamed(path) ?? "code";
    const file = this.#book.admit(path, role, stats?.isFile() === true ? stats : null);
    this.#tree.judgeFile(file);
    if (link) this.#listener.linked(path);
    return file;
  }
}

/** The archives that modules were imported from, of paths that lead into one (zipimport). */
function archivesOf(paths: readonly string[]): ReadonlySet<string> {
  const archives = new Set<string>();
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    let at = folder;
    while (statusOf(at) === null && dirname(at) !== at) at = dirname(at);
    if (statusOf(at)?.isFile() === true) archives.add(at);
  }
  return archives;
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((path, index) => path === other[index]);
}
