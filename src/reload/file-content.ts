import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { isSame, statusOf } from "./file-stamp.ts";
import { RELOADING } from "./roles.ts";
import type { KnownFile } from "./file-book.ts";

/** Bytes above which a file's content is not read: any new stamp is a change. Sources are far below. */
const LARGEST = 1024 * 1024;

/** Null when the file is too large, or cannot be read. */
export function readDigest(path: string, size: number): string | null {
  if (size > LARGEST) return null;
  try {
    return digestOf(readFileSync(path));
  } catch {
    return null;
  }
}

/** Only told apart, not kept from forgers: the shortest that every OpenSSL has. */
function digestOf(content: Buffer): string {
  return hash("sha1", content, "base64");
}

/** Files between two rests, and the rest, milliseconds: a tenth of a processor at most. */
const BATCH = 20;
const REST = 20;
/** Milliseconds after which the first batch is read: the start comes first. */
const DELAY = 500;

/**
 * Reads in idle time what the files contain, so that a touch is known for what it is.
 *
 * Until then a file whose stamp is new counts as changed: one reload too many is better than old code.
 */
export class DigestReader {
  /** What makes the application load again goes first. */
  readonly #queues: readonly [KnownFile[], KnownFile[]] = [[], []];
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  add(file: KnownFile): void {
    this.#queues[RELOADING.has(file.role) ? 0 : 1].push(file);
    this.#rest(DELAY);
  }

  close(): void {
    this.#closed = true;
    for (const queue of this.#queues) queue.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #rest(milliseconds: number): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setTimeout(() => void this.#read(), milliseconds).unref();
  }

  async #read(): Promise<void> {
    // oxlint-disable no-await-in-loop -- one at a time is what keeps it cheap
    const queue = this.#queues.find(({ length }) => length > 0) ?? [];
    for (const file of queue.splice(0, BATCH)) {
      const before = file.stamp;
      if (before === null || file.digest !== null || before.size > LARGEST) continue;
      const content = await readFile(file.path).catch(() => null);
      const stats = statusOf(file.path);
      // What changed meanwhile is found by whoever looks for changes, and must not be taken for known.
      if (content === null || file.stamp !== before || stats === null || !isSame(before, stats)) continue;
      file.digest ??= digestOf(content);
    }
    // oxlint-enable no-await-in-loop
    this.#timer = null;
    if (this.#queues.some(({ length }) => length > 0)) this.#rest(REST);
  }
}
