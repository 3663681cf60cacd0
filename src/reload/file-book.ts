import type { Stats } from "node:fs";

import { FileChanges } from "./file-changes.ts";
import { DigestReader, readDigest } from "./file-content.ts";
import { isSame, isSettled, stampOf, statusOf, type Stamp } from "./file-stamp.ts";
import { RELOADING } from "./roles.ts";
import type { Change, Role } from "./watcher.ts";

/** A file that is watched, and what is known of its content. */
export interface KnownFile {
  readonly path: string;
  role: Role;
  /** Null while it does not exist. */
  stamp: Stamp | null;
  /** Null while its content was not read. */
  digest: string | null;
  /** Whether equal stamps mean equal content: see `isSettled`. */
  settled: boolean;
}

/** Contents that are read before the watcher is open, however long it takes; larger ones later. */
const FIRST = 64;
const FIRST_LARGEST = 64 * 1024;
/** Milliseconds that may be spent on more. */
const FIRST_TIME = 2;

/** Changed files of one batch whose new content is read at once; a branch switch must not wait for it. */
const MOST_READS = 200;

/** Every file that is watched, as it was when it was last looked at; notes how they differ. */
export class FileBook {
  readonly #files: Map<string, KnownFile> = new Map();
  readonly #reader: DigestReader = new DigestReader();
  readonly #changes: FileChanges = new FileChanges();
  /** Contents that were read since the changes were taken. */
  #reads = 0;
  /** Changes at every `admit` and `remove`. */
  #edition = 0;

  get edition(): number {
    return this.#edition;
  }

  get size(): number {
    return this.#files.size;
  }

  get(path: string): KnownFile | undefined {
    return this.#files.get(path);
  }

  all(): Iterable<KnownFile> {
    return this.#files.values();
  }

  /** Takes a file as it is. @param stats null if it does not exist (yet) */
  admit(path: string, role: Role, stats: Stats | null): KnownFile {
    const stamp = stats === null ? null : stampOf(stats);
    const settled = stamp !== null && isSettled(stamp, Date.now());
    const file: KnownFile = { path, role, stamp, digest: null, settled };
    this.#files.set(path, file);
    this.#changes.update(file);
    this.#edition += 1;
    if (stamp !== null) this.#reader.add(file);
    return file;
  }

  /** It was not there before: a change. */
  discover(file: KnownFile): void {
    file.digest = this.#read(file, file.stamp?.size ?? 0);
    this.#changes.note(file, false, null);
  }

  /** It has changed, although nobody knows what it was. */
  doubt(file: KnownFile): void {
    this.#changes.note(file, true, null);
  }

  setRole(file: KnownFile, role: Role): void {
    if (file.role === role) return;
    file.role = role;
    this.#edition += 1;
  }

  /** No longer watched. */
  remove(path: string): void {
    if (this.#files.delete(path)) this.#edition += 1;
  }

  /** No longer there. */
  lose(file: KnownFile): void {
    if (file.stamp === null) return;
    this.#changes.note(file, true, file.digest);
    file.stamp = null;
    file.digest = null;
  }

  /**
   * Compares a file with what is known of it, and notes what is different.
   *
   * @param told an event named it, so that equal stamps do not mean that nothing happened
   * @returns whether it changed
   */
  check(file: KnownFile, told: boolean): boolean {
    const stats = statusOf(file.path);
    const before = file.stamp;
    if (stats === null || !stats.isFile()) {
      this.lose(file);
      return before !== null;
    }
    const same = before !== null && isSame(before, stats);
    if (same && file.settled && (!told || file.digest === null)) return false;
    const unsure = !file.settled;
    const digest = file.digest;
    if (!same) file.stamp = stampOf(stats);
    file.settled = isSettled(file.stamp ?? stampOf(stats), Date.now());
    const comparable = digest !== null && before?.size === stats.size;
    file.digest = comparable ? readDigest(file.path, stats.size) : this.#read(file, stats.size);
    const differs = comparable && file.digest !== null ? digest !== file.digest : !same || (told && unsure);
    if (before !== null && !differs) return false;
    this.#changes.note(file, before !== null, digest);
    return true;
  }

  /** What was noted since the call before. */
  takeChanges(): readonly Change[] {
    this.#reads = 0;
    return this.#changes.take();
  }

  /**
   * Reads contents as far as it takes little time, so that the next comparisons are certain: first of
   * what was written just now, then of what makes the application load again, then of the rest.
   */
  readFirst(): void {
    const until = performance.now() + FIRST_TIME;
    const orders: ((file: KnownFile) => boolean)[] = [
      ({ settled }) => !settled,
      ({ role }) => RELOADING.has(role),
      () => true,
    ];
    let count = 0;
    for (const order of orders) {
      for (const file of this.#files.values()) {
        const { stamp, path, digest } = file;
        if (stamp === null || digest !== null || stamp.size > FIRST_LARGEST || !order(file)) continue;
        const read = readDigest(path, stamp.size);
        const stats = statusOf(path);
        // What has changed since it was admitted must not be taken for what it was then.
        if (stats !== null && isSame(stamp, stats)) file.digest = read;
        count += 1;
        if (count >= FIRST && performance.now() > until) return;
      }
    }
  }

  /** Reads it now, so that the mode or time that an editor sets next is not a change; of many, later. */
  #read(file: KnownFile, size: number): string | null {
    this.#reads += 1;
    if (this.#reads <= MOST_READS) return readDigest(file.path, size);
    this.#reader.add(file);
    return null;
  }

  close(): void {
    this.#reader.close();
  }
}
