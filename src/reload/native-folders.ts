import { watch, type FSWatcher } from "node:fs";

import { statusOf } from "./file-stamp.ts";

/** What is called when something happened to an entry of a folder; null when it is not known to which. */
export type FolderEvent = (folder: string, name: string | null, replaced: boolean) => void;

/** The system has no watch left: inotify(7), "/proc interfaces". */
export interface WatchLimit {
  readonly code: "ENOSPC" | "EMFILE";
  /** Folders that are watched already. */
  readonly folders: number;
}

/** As node:fs `watch`, of one folder. */
export type WatchFolder = (path: string, onEvent: (type: string, name: string | null) => void) => FSWatcher;

const watchFolder: WatchFolder = (path, onEvent) => watch(path, { persistent: false }, onEvent);

interface Held {
  watcher: FSWatcher | null;
  /** Tells one folder from a later one of the same name; empty if there was none. */
  identity: string;
  holders: number;
}

/**
 * One `fs.watch` a folder, never recursive: Node's recursive watch on Linux needs a watch a file, and
 * loses what is written to a file that was renamed over another, which is how editors save.
 */
export class NativeFolders {
  readonly #held: Map<string, Held> = new Map();
  readonly #onEvent: FolderEvent;
  readonly #onLimit: (limit: WatchLimit) => void;
  readonly #watch: WatchFolder;
  #closed = false;

  constructor(
    onEvent: FolderEvent,
    onLimit: (limit: WatchLimit) => void,
    watchWith: WatchFolder = watchFolder,
  ) {
    this.#onEvent = onEvent;
    this.#onLimit = onLimit;
    this.#watch = watchWith;
  }

  /** Folders that are watched. */
  get size(): number {
    return this.#held.size;
  }

  /** Watches a folder until it is released as often as it was held. It need not exist. */
  hold(path: string): void {
    const held = this.#held.get(path);
    if (held !== undefined) {
      held.holders += 1;
    } else if (!this.#closed) {
      const made: Held = { watcher: null, identity: "", holders: 1 };
      this.#held.set(path, made);
      this.#open(path, made);
    }
  }

  release(path: string): void {
    const held = this.#held.get(path);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(path);
    held.watcher?.close();
  }

  /** Watches the folder that has this name now, which may not be the one from before. */
  renew(path: string): void {
    const held = this.#held.get(path);
    if (held === undefined) return;
    const before = held.watcher;
    this.#open(path, held);
    // Afterwards: if it is the same folder, the kernel's watch stays, with what it has to tell.
    before?.close();
  }

  /** As `renew`, if it is another folder. @returns whether it was */
  renewIfReplaced(path: string): boolean {
    const held = this.#held.get(path);
    if (held === undefined || held.identity === identityOf(path)) return false;
    this.renew(path);
    return true;
  }

  close(): void {
    this.#closed = true;
    for (const { watcher } of this.#held.values()) watcher?.close();
    this.#held.clear();
  }

  #open(path: string, held: Held): void {
    held.watcher = null;
    // Before it is watched: one that is replaced between is taken for another, and renewed.
    held.identity = identityOf(path);
    if (this.#closed || held.identity === "") return;
    try {
      held.watcher = this.#watch(path, (type, name) => this.#onEvent(path, name, type === "rename"));
      held.watcher.on("error", () => this.#onEvent(path, null, true));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOSPC" || code === "EMFILE") this.#onLimit({ code, folders: this.#held.size - 1 });
      // Otherwise it does not exist, or may not be read: whoever holds it renews it when that changes.
    }
  }
}

/** Inodes are used again at once, so the time of birth belongs to it. */
function identityOf(path: string): string {
  const stats = statusOf(path);
  return stats === null ? "" : `${stats.ino} ${stats.birthtimeMs}`;
}
