import { FileBook } from "./file-book.ts";
import { NativeEvents } from "./native-events.ts";
import type { WatchFolder, WatchLimit } from "./native-folders.ts";
import type { FolderListener } from "./watch-folder.ts";
import { NamedFiles, type NamedListener } from "./watch-named.ts";
import type { WatchOptions } from "./watch-options.ts";
import { WatchScope } from "./watch-scope.ts";
import { Glance, sweep } from "./watch-sweep.ts";
import { WatchTree } from "./watch-tree.ts";
import type { ChangeListener, Watcher } from "./watcher.ts";

/** Watches a project, by events or by sweeps. */
export class ProjectWatcher implements Watcher {
  readonly #options: WatchOptions;
  readonly #listener: ChangeListener;
  readonly #onLimit: (limit: WatchLimit, folders: number) => void;
  readonly #scope: WatchScope;
  readonly #book: FileBook = new FileBook();
  readonly #tree: WatchTree;
  readonly #named: NamedFiles;
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
    const heard = this.#listeners();
    this.#tree = new WatchTree(this.#scope, this.#book, heard);
    this.#named = new NamedFiles(this.#scope, this.#book, this.#tree, heard);
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
    this.#named.open();
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
    this.#events?.settle(this.#tree);
    if (this.#events !== null && process.platform === "linux") this.#lookBesides(this.#events);
    // Elsewhere events come from a thread, some time later.
    else for (const _ of sweep(this.#tree, this.#book, "look"));
    this.#tell();
  }

  follow(files: readonly string[], since: number): void {
    if (this.#closed) return;
    this.#named.follow(files, since, this.#opened);
    this.#tell();
  }

  close(): void {
    this.#closed = true;
    this.#events?.close();
    this.#book.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Finds what no event tells. */
  #lookBesides(events: NativeEvents): void {
    if (this.#scope.starts.some((path) => this.#tree.isReplaced(path))) events.compareAll(this.#tree);
    for (const path of this.#glance.take()) events.missed(path);
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

  /** Events are needed for as long as there are any. */
  #listeners(): FolderListener & NamedListener {
    return {
      entered: (path) => this.#events?.entered(path),
      renewed: (path) => this.#events?.renewed(path),
      left: (path) => this.#events?.left(path),
      linked: (path) => this.#events?.linked(path),
      unnamed: (path) => this.#events?.unnamed(path),
      renamed: () => this.#events?.anchor(this.#tree),
    };
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
