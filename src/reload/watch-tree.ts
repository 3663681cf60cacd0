import { basename, dirname } from "node:path";

import type { FileBook, KnownFile } from "./file-book.ts";
import { isSame, statusOf } from "./file-stamp.ts";
import { isEnvironmentMark, isLoop, renewTimes, type Folder, type FolderListener } from "./watch-folder.ts";
import { WatchListing, type Finding } from "./watch-listing.ts";
import type { WatchScope } from "./watch-scope.ts";

/** The folders that are watched with all that is in them, as far as the scope lets it. */
export class WatchTree {
  readonly #scope: WatchScope;
  readonly #book: FileBook;
  readonly #listener: FolderListener;
  readonly #listing: WatchListing;

  constructor(scope: WatchScope, book: FileBook, listener: FolderListener) {
    this.#scope = scope;
    this.#book = book;
    this.#listener = listener;
    this.#listing = new WatchListing(scope, book, listener);
  }

  /** Another whenever a folder has come or gone. */
  get edition(): number {
    return this.#listing.edition;
  }

  /** Folders. */
  get size(): number {
    return this.#listing.size;
  }

  has(folder: string): boolean {
    return this.#listing.get(folder) !== undefined;
  }

  paths(): Iterable<string> {
    return this.#listing.paths();
  }

  /** Enters the folders that everything begins with and that exist, where it was not done. */
  enterStarts(finding: Finding): void {
    this.#listing.enterStarts(finding);
  }

  /** Something happened to this path. @param replaced it may be another file or folder than before */
  touch(path: string, replaced: boolean): void {
    const folder = this.#listing.get(path);
    if (folder !== undefined) {
      if (replaced) this.#refresh(folder);
      return;
    }
    const file = this.#book.get(path);
    if (file !== undefined) this.check(file, true);
    const parent = this.#listing.get(dirname(path));
    const name = basename(path);
    if (parent === undefined || parent.files.has(name)) return;
    if (isEnvironmentMark({ name })) this.#listAgain(parent);
    else this.#listing.find(parent, name, "created");
    if (name === ".gitignore" && parent.files.has(name)) this.#judgeAgain(parent);
  }

  /** Compares one file with what is known of it. @returns whether it changed */
  check(file: KnownFile, told: boolean): boolean {
    if (!this.#book.check(file, told)) return false;
    const name = basename(file.path);
    const folder = this.#listing.get(dirname(file.path));
    if (folder?.files.get(name) !== file) return true;
    if (file.stamp === null) {
      this.#listing.drop(folder, name, file);
      // There may be a folder of that name now.
      this.#listing.find(folder, name, "created");
    }
    if (name === ".gitignore") this.#judgeAgain(folder);
    return true;
  }

  /** Compares a whole folder, and all below, with what is known. */
  refresh(path: string): void {
    const folder = this.#listing.get(path);
    if (folder !== undefined) this.#refresh(folder);
  }

  /** Whether a folder is another one than was listed, for example because a link leads elsewhere now. */
  isReplaced(path: string): boolean {
    const stats = statusOf(path);
    const inode = stats?.isDirectory() === true ? stats.ino : null;
    return inode !== (this.#listing.get(path)?.stamp.inode ?? null);
  }

  /** Lists a folder again if its entries may be others. */
  sweep(path: string): void {
    const folder = this.#listing.get(path);
    if (folder === undefined) return;
    if (folder.dangling.size > 0) this.#findDangling(folder);
    const stats = statusOf(path);
    if (folder.settled && stats !== null && isSame(folder.stamp, stats)) return;
    const { inode } = folder.stamp;
    if (renewTimes(folder) && folder.stamp.inode === inode) this.#listAgain(folder);
    else this.#refresh(folder);
  }

  /** A file is watched for another reason, or for one less. */
  judgeFile(file: KnownFile): void {
    const { path } = file;
    const name = basename(path);
    const folder = this.#listing.get(dirname(path));
    const role =
      folder === undefined
        ? this.#scope.roleOfNamed(path)
        : this.#scope.roleOfFile(path, name, folder.standing);
    const listed = this.#scope.roleOfNamed(path) !== null || file.stamp !== null;
    if (role === null || !listed) {
      folder?.files.delete(name);
      this.#book.remove(path);
    } else {
      this.#book.setRole(file, role);
      if (file.stamp !== null) folder?.files.set(name, file);
    }
  }

  #refresh(folder: Folder): void {
    // A link may lead upwards now.
    if (!renewTimes(folder) || (folder.parent !== null && isLoop(folder.path, folder.parent))) {
      this.#listing.leave(folder, "deleted");
      if (folder.parent !== null) this.#listing.find(folder.parent, basename(folder.path), "created");
      return;
    }
    // Watched before it is listed; should it be replaced between, its end is told.
    this.#listener.renewed(folder.path);
    const children = [...folder.folders.values()];
    const files = [...folder.files.values()];
    this.#listAgain(folder);
    for (const file of files) {
      if (this.#listing.holds(folder) && file.stamp !== null) this.check(file, true);
    }
    for (const child of children) if (this.#listing.holds(child)) this.#refresh(child);
  }

  #findDangling(folder: Folder): void {
    const names = [...folder.dangling];
    folder.dangling.clear();
    for (const name of names) this.#listing.find(folder, name, "created");
  }

  #listAgain(folder: Folder): void {
    const { files } = folder;
    const before = files.has(".gitignore");
    this.#listing.list(folder, "created");
    if (this.#listing.holds(folder) && files.has(".gitignore") !== before) this.#judgeAgain(folder);
  }

  /** The `.gitignore` of a folder has changed. */
  #judgeAgain(folder: Folder): void {
    const { path, parent } = folder;
    const above =
      parent === null
        ? this.#scope.standingOfStart(path)
        : this.#scope.standingOfFolder(path, basename(path), parent.standing);
    if (above === null) this.#listing.leave(folder, "forgotten");
    else this.#listing.judge(folder, above);
  }
}
