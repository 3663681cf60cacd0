import { readdirSync, type Dirent } from "node:fs";
import { basename, dirname, join } from "node:path";

import type { FileBook, KnownFile } from "./file-book.ts";
import { isSame, isSettled, stampOf, statusOf, type Stamp } from "./file-stamp.ts";
import { ENVIRONMENT_MARKS, isIgnoredFile } from "./ignore-names.ts";
import { IgnoreRules } from "./ignore-rules.ts";
import type { Standing, WatchScope } from "./watch-scope.ts";

/** A folder whose entries are watched. */
interface Folder {
  readonly path: string;
  /** Null for one that was named itself. */
  readonly parent: Folder | null;
  standing: Standing;
  readonly folders: Map<string, Folder>;
  readonly files: Map<string, KnownFile>;
  /** From before it was listed. */
  stamp: Stamp;
  settled: boolean;
}

/** Is told which folders are watched. */
export interface FolderListener {
  /** It is about to be listed: what is made in it from now on must be told by an event. */
  entered(path: string): void;
  /** It may be another folder of the same name. */
  renewed(path: string): void;
  left(path: string): void;
  /** This entry is a symbolic link. */
  linked(path: string): void;
}

/** How what is found in a folder is taken: as it is, or as a change. */
type Finding = "known" | "created";

/** The folders that are watched with all that is in them, as far as the scope lets it. */
export class WatchTree {
  readonly #scope: WatchScope;
  readonly #book: FileBook;
  readonly #listener: FolderListener;
  readonly #folders: Map<string, Folder> = new Map();
  /** Changes whenever a folder comes or goes. */
  #edition = 0;

  constructor(scope: WatchScope, book: FileBook, listener: FolderListener) {
    this.#scope = scope;
    this.#book = book;
    this.#listener = listener;
  }

  get edition(): number {
    return this.#edition;
  }

  get size(): number {
    return this.#folders.size;
  }

  has(folder: string): boolean {
    return this.#folders.has(folder);
  }

  paths(): Iterable<string> {
    return this.#folders.keys();
  }

  /** Enters the folders that everything begins with and that exist, where it was not done. */
  enterStarts(finding: Finding): void {
    for (const path of this.#scope.starts) {
      if (this.#folders.has(path) || statusOf(path)?.isDirectory() !== true) continue;
      this.#enter(path, null, this.#scope.standingOfStart(path), finding);
    }
  }

  /** Something happened to this entry of a watched folder. @param replaced it may be another file or folder */
  touch(path: string, replaced: boolean): void {
    const folder = this.#folders.get(path);
    if (folder !== undefined) {
      if (replaced) this.#refresh(folder);
      return;
    }
    const file = this.#book.get(path);
    if (file !== undefined) this.check(file, true);
    const parent = this.#folders.get(dirname(path));
    if (parent === undefined || parent.files.has(basename(path))) return;
    this.#find(parent, basename(path), "created");
    if (basename(path) === ".gitignore" && parent.files.has(".gitignore")) this.#judgeAgain(parent);
  }

  /** Compares one file. @returns whether it changed */
  check(file: KnownFile, told: boolean): boolean {
    if (!this.#book.check(file, told)) return false;
    const name = basename(file.path);
    const folder = this.#folders.get(dirname(file.path));
    if (folder?.files.get(name) === file) {
      if (file.stamp === null) this.#drop(folder, name, file);
      if (name === ".gitignore") this.#judgeAgain(folder);
    }
    return true;
  }

  /** Compares a whole folder, and all below, with what is known. */
  refresh(path: string): void {
    const folder = this.#folders.get(path);
    if (folder !== undefined) this.#refresh(folder);
  }

  /** Whether a folder is another one than was listed, for example because a link leads elsewhere now. */
  isReplaced(path: string): boolean {
    const folder = this.#folders.get(path);
    const stats = statusOf(path);
    const inode = stats?.isDirectory() === true ? stats.ino : null;
    return inode !== (folder === undefined ? null : folder.stamp.inode);
  }

  /** Lists a folder again if its entries may be others. */
  sweep(path: string): void {
    const folder = this.#folders.get(path);
    if (folder === undefined) return;
    const stats = statusOf(path);
    if (stats?.isDirectory() !== true) {
      this.#refresh(folder);
    } else if (!isSame(folder.stamp, stats) || !folder.settled) {
      folder.stamp = stampOf(stats);
      folder.settled = isSettled(folder.stamp, Date.now());
      this.#listAgain(folder);
    }
  }

  /** A file is watched for another reason, or for one less. */
  judgeFile(file: KnownFile): void {
    const name = basename(file.path);
    const folder = this.#folders.get(dirname(file.path));
    const role =
      folder === undefined
        ? this.#scope.roleOfNamed(file.path)
        : this.#scope.roleOfFile(file.path, name, folder.standing);
    if (role === null) {
      folder?.files.delete(name);
      this.#book.remove(file.path);
    } else {
      this.#book.setRole(file, role);
      if (file.stamp !== null) folder?.files.set(name, file);
    }
  }

  #enter(path: string, parent: Folder | null, standing: Standing, finding: Finding): void {
    this.#listener.entered(path);
    const stats = statusOf(path);
    if (stats?.isDirectory() !== true) {
      this.#listener.left(path);
      return;
    }
    const stamp = stampOf(stats);
    const settled = isSettled(stamp, Date.now());
    const folder: Folder = { path, parent, standing, folders: new Map(), files: new Map(), stamp, settled };
    this.#folders.set(path, folder);
    parent?.folders.set(basename(path), folder);
    this.#edition += 1;
    this.#list(folder, finding);
  }

  #leave(folder: Folder, finding: "forgotten" | "deleted"): void {
    for (const child of folder.folders.values()) this.#leave(child, finding);
    for (const [name, file] of folder.files) {
      if (finding === "deleted") this.#book.lose(file);
      this.#drop(folder, name, file);
    }
    this.#folders.delete(folder.path);
    folder.parent?.folders.delete(basename(folder.path));
    this.#edition += 1;
    this.#listener.left(folder.path);
  }

  #refresh(folder: Folder): void {
    const stats = statusOf(folder.path);
    if (stats?.isDirectory() !== true) {
      this.#leave(folder, "deleted");
      if (folder.parent !== null) this.#find(folder.parent, basename(folder.path), "created");
      return;
    }
    this.#listener.renewed(folder.path);
    folder.stamp = stampOf(stats);
    folder.settled = isSettled(folder.stamp, Date.now());
    const children = [...folder.folders.values()];
    const files = [...folder.files.values()];
    this.#listAgain(folder);
    for (const file of files) if (this.#isListed(folder) && file.stamp !== null) this.check(file, true);
    for (const child of children) if (this.#isListed(child)) this.#refresh(child);
  }

  #listAgain(folder: Folder): void {
    const { files } = folder;
    const before = files.has(".gitignore");
    this.#list(folder, "created");
    if (this.#isListed(folder) && files.has(".gitignore") !== before) this.#judgeAgain(folder);
  }

  /** Whether it was not left meanwhile. */
  #isListed(folder: Folder): boolean {
    return this.#folders.get(folder.path) === folder;
  }

  /** Brings what is known of a folder's entries up to date; not their content. */
  #list(folder: Folder, finding: Finding): void {
    const entries = entriesOf(folder.path);
    if (entries === null || (folder.parent !== null && entries.some(isEnvironmentMark))) {
      this.#leave(folder, entries === null ? "deleted" : "forgotten");
      return;
    }
    if (folder.standing.project && entries.some(({ name }) => name === ".gitignore")) {
      const above = folder.parent?.standing ?? this.#scope.standingOfStart(folder.path);
      folder.standing = { ...folder.standing, rules: IgnoreRules.read(folder.path, above.rules) };
    }
    const found = new Map(entries.map((entry) => [entry.name, entry]));
    for (const [name, child] of folder.folders) {
      if (found.get(name)?.isFile() ?? true) this.#leave(child, "deleted");
    }
    for (const [name, file] of folder.files) {
      if (found.get(name)?.isDirectory() === false) continue;
      this.#book.lose(file);
      this.#drop(folder, name, file);
    }
    for (const entry of entries) {
      const { name } = entry;
      if (!folder.files.has(name) && !folder.folders.has(name)) this.#find(folder, name, finding, entry);
    }
  }

  /** Takes up an entry that is not known. */
  #find(folder: Folder, name: string, finding: Finding, entry?: Dirent): void {
    const path = join(folder.path, name);
    // What it is must not be asked for what is ignored either way: there may be thousands.
    const role = entry?.isDirectory() === true ? null : this.#scope.roleOfFile(path, name, folder.standing);
    const standing =
      entry?.isFile() === true ? null : this.#scope.standingOfFolder(path, name, folder.standing);
    if (role === null && (standing === null || (entry?.isDirectory() !== true && isIgnoredFile(name))))
      return;
    const stats = entry?.isDirectory() === true ? null : statusOf(path);
    if (entry?.isFile() !== true && entry?.isDirectory() !== true) this.#listener.linked(path);
    if (stats?.isFile() === true) {
      if (role === null) return;
      const known = this.#book.get(path);
      if (known !== undefined) this.#book.check(known, false);
      else if (finding === "known") folder.files.set(name, this.#book.admit(path, role, stats));
      else folder.files.set(name, this.#book.discover(path, role, stats));
      if (known !== undefined && known.stamp !== null) folder.files.set(name, known);
      if (isEnvironmentMark({ name }) && folder.parent !== null) this.#leave(folder, "forgotten");
    } else if (standing !== null && (entry?.isDirectory() === true || stats?.isDirectory() === true)) {
      if (this.#folders.has(path) || (entry?.isDirectory() !== true && this.#isLoop(path, folder))) return;
      this.#enter(path, folder, standing, finding);
    }
  }

  #drop(folder: Folder, name: string, file: KnownFile): void {
    folder.files.delete(name);
    if (this.#scope.roleOfNamed(file.path) === null) this.#book.remove(file.path);
  }

  /** The `.gitignore` of a folder has changed. That makes files watched or not; it changes none. */
  #judgeAgain(folder: Folder): void {
    this.#refresh(folder);
    if (!this.#isListed(folder)) return;
    const { path, parent } = folder;
    this.#leave(folder, "forgotten");
    if (parent === null) this.enterStarts("known");
    else this.#find(parent, basename(path), "known");
  }

  /** Whether a link leads to a folder that it lies in. */
  #isLoop(path: string, folder: Folder): boolean {
    const leads = statusOf(path);
    for (let at: Folder | null = folder; at !== null; at = at.parent) {
      const stats = statusOf(at.path);
      if (stats?.ino === leads?.ino && stats?.dev === leads?.dev) return true;
    }
    return false;
  }
}

function entriesOf(path: string): readonly Dirent[] | null {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return null;
  }
}

function isEnvironmentMark({ name }: { readonly name: string }): boolean {
  return ENVIRONMENT_MARKS.includes(name);
}
