import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atExit, notAtExit } from "./log/at-exit.ts";

/**
 * A folder of mode 0700 under the system's temporary folder. It is removed with all that is in it
 * when it is not wanted any more, or else when the process exits, however early that is.
 */
export class PrivateFolder {
  readonly path: string;

  /** @param prefix of its name; six random characters follow */
  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), prefix));
    atExit(this);
  }

  remove(): void {
    notAtExit(this);
    this.finish();
  }

  finish(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
