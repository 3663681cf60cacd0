import { existsSync } from "node:fs";
import { join } from "node:path";
import { PrivateFolder } from "../private-folder.ts";

/** The 0700 folder for bodies that are too large for memory; made when the first one comes. */
export class Spool {
  #folder: PrivateFolder | null = null;
  #count = 0;

  /**
   * A name that no other body has.
   *
   * @throws the system's error when there is no folder and none can be made
   */
  newPath(): string {
    // Machines clean their temporary folders: one that was empty for long may be gone.
    if (this.#folder !== null && !existsSync(this.#folder.path)) this.close();
    this.#folder ??= new PrivateFolder("highball-bodies-");
    this.#count += 1;
    return join(this.#folder.path, `body-${this.#count}`);
  }

  close(): void {
    this.#folder?.remove();
    this.#folder = null;
  }
}
