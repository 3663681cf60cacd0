import { dirname } from "node:path";

import { FileBook, type KnownFile } from "./file-book.ts";
import { statusAtLink, statusOf } from "./file-stamp.ts";
import { NativeEvents } from "./native-events.ts";
import type { WatchFolder, WatchLimit } from "./native-folders.ts";
import type { WatchOptions } from "./watch-options.ts";
import { WatchScope } from "./watch-scope.ts";
import { Glance, sweep } from "./watch-sweep.ts";
import type { FolderListener } from "./watch-folder.ts";
import { WatchTree } from "./watch-tree.ts";
import type { ChangeListener, Watcher } from "./watcher.ts";

/**
 * Milliseconds that a file's change time may lie before the moment it was changed: the kernel stamps
 * with the time of its last timer interrupt.
 */
const CLOCK_LAG = 10;

/** Watches a project, by events or by sweeps. */
export class ProjectWatcher implements Watcher {
  readonly #options: WatchOptions;
  readonly #listener: ChangeListener;
  readonly #onLimit: (limit: WatchLimit, folders: number) => void;
  readonly #scope: WatchScope;
  readonly #book: FileBook = new FileBook();
  readonly #tree: WatchTree;
  readonly #glance: Glance;
  /** Null when the files are looked at instead. */
  #events: NativeEvents | null = null;
  /** Not told yet. */
  #limit: WatchLimit | null = null;
  #isOpen = false;
  #settles = false;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  /** Milliseconds since the epoch. */
  readonly #opened: number;

  /** @param onLimit called once when the watches do not suffice for all folders; from then on there are sweeps */
  constructor(
    type: "native" | "stat",
    options: WatchOptions,
    listener: ChangeListener,
    onLimit: (limit: WatchLimit, folders: number) => void,
    watchFolder?: WatchFolder,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#onLimit = onLimit;
    this.#scope = new WatchScope(options);
    this.#tree = new WatchTree(this.#scope, this.#book, this.#folderListener());
    this.#glance = new Glance(this.#tree, this.#book);
    if (type === "native") {
      this.#events = new NativeEvents(
        this.#scope,
        this.#book,
        () => this.#settleSoon(),
        (limit) => this.#giveUpEvents(limit),
        watchFolder,
      );
    }
    this.#tree.enterStarts("known");
    this.#events?.anchor(this.#tree);
    for (const path of this.#scope.named()) if (this.#book.get(path) === undefined) this.#admit(path);
    this.#book.readFirst();
    this.#opened = Date.now();
    this.#isOpen = true;
    this.#tellLimit();
    if (this.#events === null) this.#sweepLater();
  }

  get type(): "native" | "stat" {
    return this.#events === null ? "stat" : "native";
  }

  /** Folders that the system watches; none for sweeps. */
  get watches(): number {
    return this.#events?.size ?? 0;
  }

  /** Files that are watched. */
  get files(): number {
    return this.#book.size;
  }

  async look(): Promise<void> {
    // The kernel queues an event before the system call that caused it returns (inotify(7)), and libuv
    // reads all that are queued when it polls. The turn that runs may have polled already: the
    // next one has not, and its immediates run after its poll.
    if (this.#events !== null) {
      await turn();
      await turn();
    }
    if (this.#closed) return;
    if (this.#events === null || process.platform !== "linux") {
      // Elsewhere events come from a thread, some time later.
      this.#events?.settle(this.#tree);
      for (const _ of sweep(this.#tree, this.#book, "look"));
    } else {
      this.#events.settle(this.#tree);
      for (const start of this.#scope.starts) {
        if (this.#tree.isReplaced(start)) this.#events.compareAll(this.#tree);
      }
      for (const path of this.#glance.take()) this.#events.missed(path);
    }
    this.#tell();
  }

  follow(files: readonly string[], since: number): void {
    if (this.#closed) return;
    const before = new Set(this.#scope.named());
    // What is known to exist is in no archive.
    const strangers = files.filter((path) => (this.#book.get(path)?.stamp ?? null) === null);
    this.#scope.follow([...files, ...archivesOf(strangers)]);
    this.#takeNamed(before, since - CLOCK_LAG);
    this.#tell();
  }

  close(): void {
    this.#closed = true;
    this.#events?.close();
    this.#book.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Begins to watch the files that are named now, and no longer those that were. */
  #takeNamed(before: Set<string>, since: number): void {
    // Watched first: what changes from here on is told.
    this.#events?.anchor(this.#tree);
    for (const path of this.#scope.named()) {
      if (before.delete(path)) continue;
      const known = this.#book.get(path);
      const file = known ?? this.#admit(path);
      if (known !== undefined) this.#tree.judgeFile(known);
      const changed = file.stamp?.changed ?? 0;
      // What is in the tree was watched since that was opened; before, nobody saw it change.
      const unseen = known === undefined || changed <= this.#opened;
      if (changed >= since && unseen) this.#book.doubt(file);
    }
    for (const path of before) {
      const file = this.#book.get(path);
      // In a watched folder it is still one of its entries.
      if (!this.#tree.has(dirname(path))) this.#events?.unnamed(path);
      if (file !== undefined) this.#tree.judgeFile(file);
    }
  }

  #admit(path: string): KnownFile {
    const { stats, link } = statusAtLink(path);
    const role = this.#scope.roleOfNamed(path) ?? "code";
    const file = this.#book.admit(path, role, stats?.isFile() === true ? stats : null);
    this.#tree.judgeFile(file);
    if (link) this.#events?.linked(path);
    return file;
  }

  /** At the end of this turn, when every event that was waiting has been read. */
  #settleSoon(): void {
    if (this.#settles || this.#closed) return;
    this.#settles = true;
    setImmediate(() => {
      this.#settles = false;
      if (this.#closed) return;
      this.#events?.settle(this.#tree);
      this.#tell();
    });
  }

  #tell(): void {
    const changes = this.#book.takeChanges();
    if (changes.length > 0 && !this.#closed) this.#listener(changes);
  }

  #giveUpEvents(limit: WatchLimit): void {
    if (this.#events === null) return;
    this.#events.close();
    this.#events = null;
    this.#limit = limit;
    if (this.#isOpen) this.#tellLimit();
    this.#sweepLater();
  }

  #tellLimit(): void {
    if (this.#limit !== null) this.#onLimit(this.#limit, this.#tree.size);
    this.#limit = null;
  }

  #sweepLater(): void {
    if (this.#closed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#sweepOn(sweep(this.#tree, this.#book, "interval")),
      this.#options.interval,
    );
    this.#timer.unref();
  }

  #sweepOn(portions: Generator<void>): void {
    if (this.#closed) return;
    const { done } = portions.next();
    this.#tell();
    if (done === true) this.#sweepLater();
    else setImmediate(() => this.#sweepOn(portions));
  }

  #folderListener(): FolderListener {
    return {
      entered: (path) => this.#events?.entered(path),
      renewed: (path) => this.#events?.renewed(path),
      left: (path) => this.#events?.left(path),
      linked: (path) => this.#events?.linked(path),
    };
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

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
