import type { KnownFile } from "./file-book.ts";
import type { Change } from "./watcher.ts";

/** A file as it was when the batch began, and the last that is known of it. */
interface Pending {
  readonly existed: boolean;
  readonly digest: string | null;
  file: KnownFile;
}

/**
 * What has changed since the changes were last taken, each file once: one that goes and comes back as it
 * was, or comes and goes, has not changed.
 */
export class FileChanges {
  #pending: Map<string, Pending> = new Map();

  /** @param digest of the content before, null when it was not known */
  note(file: KnownFile, existed: boolean, digest: string | null): void {
    const pending = this.#pending.get(file.path);
    if (pending === undefined) this.#pending.set(file.path, { existed, digest, file });
    else pending.file = file;
  }

  /** The path is known as this file now. */
  update(file: KnownFile): void {
    const pending = this.#pending.get(file.path);
    if (pending !== undefined) pending.file = file;
  }

  take(): readonly Change[] {
    if (this.#pending.size === 0) return [];
    const changes: Change[] = [];
    for (const { existed, digest, file } of this.#pending.values()) {
      const { path, role, stamp } = file;
      const exists = stamp !== null;
      const same = existed === exists && (!exists || (digest !== null && digest === file.digest));
      const kind = exists ? (existed ? "changed" : "created") : "deleted";
      if (!same) changes.push({ path, kind, size: stamp?.size ?? 0, role });
    }
    this.#pending = new Map();
    return changes;
  }
}
