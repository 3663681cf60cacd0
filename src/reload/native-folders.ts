import { watch, type FSWatcher } from "node:fs";

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
      const made: Held = { watcher: null, holders: 1 };
      this.#held.set(path, made);
      made.watcher = this.#open(path);
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
    held.watcher = this.#open(path);
    // Afterwards: if it is the same folder, the kernel's watch stays, with what it has to tell.
    before?.close();
  }

  close(): void {
    this.#closed = true;
    for (const { watcher } of this.#held.values()) watcher?.close();
    this.#held.clear();
  }

  #open(path: string): FSWatcher | null {
    if (this.#closed) return null;
    try {
      const watcher = this.#watch(path, (type, name) => this.#onEvent(path, name, type === "rename"));
      watcher.on("error", () => this.#onEvent(path, null, true));
      return watcher;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOSPC" || code === "EMFILE") this.#onLimit({ code, folders: this.#held.size - 1 });
      // Otherwise it does not exist, or may not be read: whoever holds it renews it when that changes.
      return null;
    }
  }
}
