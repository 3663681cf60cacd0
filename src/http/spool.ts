import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The 0700 folder for bodies that are too large for memory; made when the first one comes. */
export class Spool {
  #folder: string | null = null;
  #count = 0;

  get folder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "highball-bodies-"));
    return this.#folder;
  }

  /** A name that no other body has. */
  newPath(): string {
    this.#count += 1;
    return join(this.folder, `body-${this.#count}`);
  }

  close(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }
}
