import { dirname } from "node:path";

import { trailOf } from "./file-stamp.ts";
import type { NativeFolders } from "./native-folders.ts";

/** Times that a path is followed again while it is being switched. */
const TRIES = 5;

/**
 * Watches what decides where paths lead: symbolic links on the way, what they lead to, and the place
 * where something that does not exist would appear.
 *
 * So a release that is switched by its link is noticed, and a file that is imported through one.
 */
export class NativeTrails {
  readonly #folders: NativeFolders;
  readonly #trails: Map<string, readonly string[]> = new Map();
  readonly #subjects: Map<string, Set<string>> = new Map();

  constructor(folders: NativeFolders) {
    this.#folders = folders;
  }

  /** Looks (again) where a path leads, and watches that. @returns the entries that decide it */
  track(path: string): readonly string[] {
    let trail = this.#trackOnce(path, trailOf(path));
    // It may have been made, or switched, before its watch was there.
    for (let tries = 0; trail.length > 0 && tries < TRIES; tries += 1) {
      const now = trailOf(path);
      if (isEqual(now, trail)) break;
      trail = this.#trackOnce(path, now);
    }
    return trail;
  }

  forget(path: string): void {
    for (const entry of this.#trails.get(path) ?? []) {
      this.#folders.release(dirname(entry));
      this.#forget(entry, path);
    }
    this.#trails.delete(path);
  }

  /** The paths that may lead elsewhere when something happens to this entry. */
  subjectsOf(entry: string): readonly string[] {
    return [...(this.#subjects.get(entry) ?? [])];
  }

  /** The paths that lead to something below one of these folders. */
  subjectsBelow(folders: ReadonlySet<string>): readonly string[] {
    const below = (entry: string): boolean => {
      for (let at = dirname(entry); ; at = dirname(at)) {
        if (folders.has(at)) return true;
        if (dirname(at) === at) return false;
      }
    };
    const entries = folders.size === 0 ? [] : [...this.#subjects.keys()].filter(below);
    return [...new Set(entries.flatMap((entry) => this.subjectsOf(entry)))];
  }

  isOnTrail(entry: string): boolean {
    return this.#subjects.has(entry);
  }

  #trackOnce(path: string, trail: readonly string[]): readonly string[] {
    const before = this.#trails.get(path) ?? [];
    // Held before the old ones are released: most are the same.
    for (const entry of trail) {
      this.#folders.hold(dirname(entry));
      const subjects = this.#subjects.get(entry) ?? new Set();
      this.#subjects.set(entry, subjects.add(path));
    }
    const kept = new Set(trail);
    for (const entry of before) {
      this.#folders.release(dirname(entry));
      if (!kept.has(entry)) this.#forget(entry, path);
    }
    if (trail.length > 0) this.#trails.set(path, trail);
    else this.#trails.delete(path);
    return trail;
  }

  #forget(entry: string, path: string): void {
    const subjects = this.#subjects.get(entry);
    subjects?.delete(path);
    if (subjects?.size === 0) this.#subjects.delete(entry);
  }
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index]);
}
