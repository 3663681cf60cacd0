import type { Dirent } from "node:fs";
import { basename, join } from "node:path";

import type { FileBook, KnownFile } from "./file-book.ts";
import { isLink, statusOf } from "./file-stamp.ts";
import { isIgnoredFile } from "./ignore-names.ts";
import { IgnoreRules } from "./ignore-rules.ts";
import {
  entriesOf,
  isEnvironmentMark,
  isLoop,
  openFolder,
  type Folder,
  type FolderListener,
} from "./watch-folder.ts";
import type { Standing, WatchScope } from "./watch-scope.ts";

/** How what is found in a folder is taken: as it is, or as a change. */
export type Finding = "known" | "created";

/** The folders that are listed, and the files that were found in them. */
export class WatchListing {
  readonly #scope: WatchScope;
  readonly #book: FileBook;
  readonly #listener: FolderListener;
  readonly #folders: Map<string, Folder> = new Map();
  #edition = 0;

  constructor(scope: WatchScope, book: FileBook, listener: FolderListener) {
    this.#scope = scope;
    this.#book = book;
    this.#listener = listener;
  }

  /** Another whenever a folder has come or gone. */
  get edition(): number {
    return this.#edition;
  }

  get size(): number {
    return this.#folders.size;
  }

  get(path: string): Folder | undefined {
    return this.#folders.get(path);
  }

  paths(): Iterable<string> {
    return this.#folders.keys();
  }

  /** Whether a folder was not left meanwhile. */
  holds(folder: Folder): boolean {
    return this.#folders.get(folder.path) === folder;
  }

  /** Enters the folders that everything begins with and that exist, where it was not done. */
  enterStarts(finding: Finding): void {
    for (const path of this.#scope.starts) {
      if (this.#folders.has(path) || statusOf(path)?.isDirectory() !== true) continue;
      this.#enter(path, null, this.#scope.standingOfStart(path), finding);
    }
  }

  /** A folder is no longer there, or no longer watched; nor is what is below it. */
  leave(folder: Folder, reason: "deleted" | "forgotten"): void {
    for (const child of folder.folders.values()) this.leave(child, reason);
    for (const [name, file] of folder.files) {
      if (reason === "deleted") this.#book.lose(file);
      // It may have changed at the same time.
      else this.#book.check(file, true);
      this.drop(folder, name, file);
    }
    this.#folders.delete(folder.path);
    folder.parent?.folders.delete(basename(folder.path));
    this.#edition += 1;
    this.#listener.left(folder.path);
  }

  /** Brings what is known of a folder's entries up to date; not their content. */
  list(folder: Folder, finding: Finding): void {
    this.#take(folder, entriesOf(folder.path), () => finding);
  }

  /**
   * The rules for a folder are others now: what they no longer let through is forgotten, and what only
   * they let through is taken as it is. Neither is a change.
   */
  judge(folder: Folder, standing: Standing): void {
    const before = folder.standing;
    const entries = entriesOf(folder.path);
    folder.standing = this.#readRules(folder.path, standing, entries);
    for (const [name, file] of folder.files) {
      const role = this.#scope.roleOfFile(file.path, name, folder.standing);
      if (role !== null) {
        this.#book.setRole(file, role);
        continue;
      }
      this.#book.check(file, true);
      this.drop(folder, name, file);
    }
    for (const [name, child] of folder.folders) {
      const inside = this.#scope.standingOfFolder(child.path, name, folder.standing);
      if (inside === null) this.leave(child, statusOf(child.path) === null ? "deleted" : "forgotten");
      else this.judge(child, inside);
    }
    // What the rules before let through was not there.
    this.#take(folder, entries, (entry) =>
      this.#isWatched(folder.path, entry, before) ? "created" : "known",
    );
  }

  #isWatched(folder: string, entry: Dirent, standing: Standing): boolean {
    const { name } = entry;
    const path = join(folder, name);
    const isFile = !entry.isDirectory() && this.#scope.roleOfFile(path, name, standing) !== null;
    return isFile || (!entry.isFile() && this.#scope.standingOfFolder(path, name, standing) !== null);
  }

  #take(folder: Folder, entries: readonly Dirent[] | null, findingOf: (entry: Dirent) => Finding): void {
    if (entries === null || (folder.parent !== null && entries.some(isEnvironmentMark))) {
      this.leave(folder, entries === null ? "deleted" : "forgotten");
      return;
    }
    const found = new Map(entries.map((entry) => [entry.name, entry]));
    for (const [name, child] of folder.folders) {
      if (found.get(name)?.isFile() ?? true) this.leave(child, "deleted");
    }
    for (const [name, file] of folder.files) {
      if (found.get(name)?.isDirectory() === false) continue;
      this.#book.lose(file);
      this.drop(folder, name, file);
    }
    folder.dangling.clear();
    for (const entry of entries) {
      const { name } = entry;
      const isKnown = folder.files.has(name) || folder.folders.has(name);
      if (!isKnown) this.find(folder, name, findingOf(entry), entry);
      else if (entry.isSymbolicLink()) this.#listener.linked(join(folder.path, name));
    }
  }

  /** Takes up an entry that is not known. @param entry saves a system call */
  find(folder: Folder, name: string, finding: Finding, entry?: Dirent): void {
    const path = join(folder.path, name);
    const isFolder = entry?.isDirectory() === true;
    const isFile = entry?.isFile() === true;
    const { standing } = folder;
    // What is ignored either way is not looked at: there may be thousands.
    const role = isFolder ? null : this.#scope.roleOfFile(path, name, standing);
    const inside = isFile ? null : this.#scope.standingOfFolder(path, name, standing);
    if (role === null && (inside === null || (!isFolder && isIgnoredFile(name)))) return;
    if (!isFile && !isFolder && isLink(path)) this.#listener.linked(path);
    const stats = isFolder ? null : statusOf(path);
    if (role !== null && stats?.isFile() === true) {
      const known = this.#book.get(path);
      if (known !== undefined) this.#book.check(known, false);
      const fresh = known ?? this.#book.admit(path, role, stats);
      if (known === undefined && finding === "created") this.#book.discover(fresh);
      if (fresh.stamp !== null) folder.files.set(name, fresh);
    } else if (!isFolder && stats === null) {
      if (isLink(path)) folder.dangling.add(name);
    } else if (inside !== null && (isFolder || stats?.isDirectory() === true)) {
      if (this.#folders.has(path) || (!isFolder && isLoop(path, folder))) return;
      this.#enter(path, folder, inside, finding);
    }
  }

  /** A folder holds a file no longer, or not for the listing. */
  drop(folder: Folder, name: string, file: KnownFile): void {
    folder.files.delete(name);
    if (this.#scope.roleOfNamed(file.path) === null) this.#book.remove(file.path);
  }

  #enter(path: string, parent: Folder | null, standing: Standing, finding: Finding): void {
    this.#listener.entered(path);
    const folder = openFolder(path, parent, standing);
    if (folder === null) {
      this.#listener.left(path);
      return;
    }
    const entries = entriesOf(path);
    folder.standing = this.#readRules(path, standing, entries);
    this.#folders.set(path, folder);
    parent?.folders.set(basename(path), folder);
    this.#edition += 1;
    this.#take(folder, entries, () => finding);
  }

  #readRules(path: string, standing: Standing, entries: readonly Dirent[] | null): Standing {
    if (!standing.project || entries?.some(({ name }) => name === ".gitignore") !== true) return standing;
    return { ...standing, rules: IgnoreRules.read(path, standing.rules) };
  }
}
