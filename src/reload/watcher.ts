import type { AssetRole } from "../code-state.ts";

/**
 * What a file is to the application: its own code, something that the user named
 * (`--reload-extra-file`), its environment (`--env-file`), Highball's own settings, an asset of its
 * pages, or anything else in the project.
 */
export type Role = "code" | "extra" | "environment" | "settings" | AssetRole | "other";

/** One file whose content is not what it was. */
export interface Change {
  /** Absolute. */
  readonly path: string;
  readonly kind: "created" | "changed" | "deleted";
  /** Bytes that it has now. */
  readonly size: number;
  readonly role: Role;
}

export type ChangeListener = (changes: readonly Change[]) => void;

/** Notices that files change. */
export interface Watcher {
  readonly type: "native" | "stat";
  /**
   * Takes a look: resolves once every change whose save had returned before the call was told to the
   * listener. Costs nothing where nothing changed but the look itself.
   */
  look(): Promise<void>;
  /**
   * Watches the files that a worker has imported, wherever they are, in place of those of the worker
   * before.
   *
   * @param since milliseconds since the epoch: when the worker began to import. A file outside the
   * watched folders that was changed later is told to the listener, since nobody watched it then.
   */
  follow(files: readonly string[], since: number): void;
  close(): void;
}
