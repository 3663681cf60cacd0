import { join } from "node:path";
import { PrivateFolder } from "../private-folder.ts";

/** The 0700 folder for bodies that are too large for memory; made when the first one comes. */
export class Spool {
  #folder: PrivateFolder | null = null;
  #count = 0;

  get folder(): string {
    this.#folder ??= new PrivateFolder("highball-bodies-");
    return this.#folder.path;
  }

  /** A name that no other body has. */
  newPath(): string {
    this.#count += 1;
    return join(this.folder, `body-${this.#count}`);
  }

  close(): void {
    this.#folder?.remove();
  }
}
