import { basename, dirname, join } from "node:path";

import type { FileBook } from "./file-book.ts";
import { isLink } from "./file-stamp.ts";
import { isIgnoredFile, isIgnoredFolder } from "./ignore-names.ts";
import { NativeFolders, type WatchFolder, type WatchLimit } from "./native-folders.ts";
import { NativeTrails } from "./native-trails.ts";
import type { WatchScope } from "./watch-scope.ts";
import type { FolderListener } from "./watch-folder.ts";
import type { WatchTree } from "./watch-tree.ts";

/**
 * Events in one turn of the event loop from which on some may be missing. The kernel keeps 16,384
 * (/proc/sys/fs/inotify/max_queued_events) and drops what is beyond; libuv does not tell.
 */
const TOO_MANY = 4_000;

/** Turns the system's events into files that are compared again. */
export class NativeEvents implements FolderListener {
  readonly #scope: WatchScope;
  readonly #book: FileBook;
  readonly #folders: NativeFolders;
  readonly #trails: NativeTrails;
  readonly #onEvents: () => void;
  /** Folders outside of the tree, and what is watched in each. */
  #named: ReadonlyMap<string, readonly string[]> = new Map();
  /** Paths that something happened to; true when there may be another file or folder now. */
  #dirty: Map<string, boolean> = new Map();
  #count = 0;
  /** Folders that came, went or were replaced since the links into them were followed. */
  #moved: Set<string> = new Set();

  /** @param onEvents called when there is something for `settle` to do, at least once */
  constructor(
    scope: WatchScope,
    book: FileBook,
    onEvents: () => void,
    onLimit: (limit: WatchLimit) => void,
    watchFolder?: WatchFolder,
  ) {
    this.#scope = scope;
    this.#book = book;
    this.#onEvents = onEvents;
    this.#folders = new NativeFolders((...event) => this.#take(...event), onLimit, watchFolder);
    this.#trails = new NativeTrails(this.#folders);
  }

  /** Folders that are watched. */
  get size(): number {
    return this.#folders.size;
  }

  entered(path: string): void {
    this.#moved.add(path);
    this.#folders.hold(path);
  }

  renewed(path: string): void {
    this.#moved.add(path);
    this.#folders.renew(path);
  }

  left(path: string): void {
    this.#moved.add(path);
    this.#folders.release(path);
  }

  linked(path: string): void {
    this.#trails.track(path);
  }

  /** A named file that may be a link is watched no more. */
  unnamed(path: string): void {
    this.#trails.forget(path);
  }

  /** Watches the folders of named files that are in no watched folder, and where the starts will be. */
  anchor(tree: WatchTree): void {
    const named = new Map<string, string[]>();
    for (const path of this.#scope.named()) {
      const folder = dirname(path);
      if (tree.has(folder)) continue;
      const files = named.get(folder);
      if (files === undefined) named.set(folder, [path]);
      else files.push(path);
    }
    const before = this.#named;
    this.#named = named;
    for (const [folder, files] of named) {
      if (before.has(folder)) continue;
      this.#folders.hold(folder);
      this.#trails.track(folder);
      // Those that were watched with a folder that is gone; what is new is looked at by who names it.
      for (const path of files) if (this.#book.get(path) !== undefined) tree.touch(path, false);
    }
    for (const folder of before.keys()) {
      if (named.has(folder)) continue;
      this.#folders.release(folder);
      this.#trails.forget(folder);
    }
    for (const path of this.#scope.starts) this.#trails.track(path);
    tree.enterStarts("created");
    this.#moved.clear();
  }

  /** Compares everything that events have named since the call before. */
  settle(tree: WatchTree): void {
    if (this.#dirty.size === 0) return;
    const dirty = this.#dirty;
    const count = this.#count;
    this.#dirty = new Map();
    this.#count = 0;
    if (count > TOO_MANY) {
      this.compareAll(tree);
      return;
    }
    const edition = tree.edition;
    for (const [path, replaced] of dirty) {
      if (replaced) this.#renew(path, tree);
      for (const subject of this.#trails.subjectsOf(path)) this.#visit(subject, tree);
      this.#touch(path, replaced, tree);
    }
    this.#followAgain(tree);
    if (tree.edition !== edition) this.anchor(tree);
  }

  /** Compares everything that is watched: events were lost, or lead elsewhere. */
  compareAll(tree: WatchTree): void {
    for (const path of this.#scope.starts) {
      this.#trails.track(path);
      tree.refresh(path);
    }
    for (const folder of this.#named.keys()) this.#visit(folder, tree);
    this.#followAgain(tree);
    this.anchor(tree);
  }

  /** A file has changed, and no event said so: its folder's watch may be another folder's. */
  missed(path: string): void {
    this.#folders.renew(dirname(path));
  }

  close(): void {
    this.#folders.close();
    this.#dirty.clear();
  }

  #take(folder: string, name: string | null, replaced: boolean): void {
    this.#count += 1;
    if (name === null) {
      this.#note(folder, true);
      return;
    }
    const path = join(folder, name);
    // A folder's own end is told by its last name, as something of that name in it would be.
    if (replaced && name === basename(folder)) {
      this.#moved.add(folder);
      this.#note(folder, true);
    }
    const ignored = isIgnoredFile(name) || isIgnoredFolder(name);
    if (!ignored || this.#book.get(path) !== undefined || this.#trails.isOnTrail(path))
      this.#note(path, replaced);
  }

  #note(path: string, replaced: boolean): void {
    this.#dirty.set(path, replaced || this.#dirty.get(path) === true);
    this.#onEvents();
  }

  #touch(path: string, replaced: boolean, tree: WatchTree): void {
    if (this.#named.has(path)) this.#visit(path, tree);
    else tree.touch(path, replaced);
  }

  /** An entry may be another one now: a link, or a folder that is watched. */
  #renew(path: string, tree: WatchTree): void {
    const isKnown = this.#book.get(path) !== undefined || tree.has(path);
    if (isKnown && isLink(path)) this.#trails.track(path);
    if (this.#folders.renewIfReplaced(path)) this.#moved.add(path);
    // The end of a folder that is watched under two names is told by the wrong one of them.
    const folder = dirname(path);
    if (!this.#folders.renewIfReplaced(folder)) return;
    this.#moved.add(folder);
    this.#touch(folder, true, tree);
  }

  /** Looks again at what leads into folders that may be others now. */
  #followAgain(tree: WatchTree): void {
    const seen = new Set<string>();
    while (this.#moved.size > 0) {
      const moved = this.#moved;
      this.#moved = new Set();
      for (const subject of this.#trails.subjectsBelow(moved)) {
        if (!seen.has(subject)) this.#visit(subject, tree);
        seen.add(subject);
      }
    }
  }

  /** Looks again at what a path leads to. */
  #visit(subject: string, tree: WatchTree): void {
    const trail = this.#trails.track(subject);
    this.#folders.renew(subject);
    tree.touch(subject, true);
    if (this.#scope.starts.includes(subject)) tree.enterStarts("created");
    for (const path of this.#named.get(subject) ?? []) tree.touch(path, true);
    // A link that is gone from a watched folder, or with it: its coming back is seen without a trail.
    const gone = trail.includes(subject) && !isLink(subject);
    const needed = this.#scope.starts.includes(subject) || this.#named.has(subject);
    if (!needed && (gone || !tree.has(dirname(subject))) && this.#scope.roleOfNamed(subject) === null) {
      this.#trails.forget(subject);
    }
  }
}
