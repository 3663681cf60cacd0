import { readdirSync, type Dirent } from "node:fs";

import type { KnownFile } from "./file-book.ts";
import { isSettled, stampOf, statusOf, type Stamp } from "./file-stamp.ts";
import { ENVIRONMENT_MARKS } from "./ignore-names.ts";
import type { Standing } from "./watch-scope.ts";

/** A folder whose entries are watched. */
export interface Folder {
  readonly path: string;
  /** Null for one that was named itself. */
  readonly parent: Folder | null;
  standing: Standing;
  readonly folders: Map<string, Folder>;
  readonly files: Map<string, KnownFile>;
  /** Names of links that lead to nothing (yet). */
  readonly dangling: Set<string>;
  /** From before it was listed. */
  stamp: Stamp;
  /** Whether an equal stamp means the same entries: see `isSettled`. */
  settled: boolean;
}

/** Is told which folders are watched. */
export interface FolderListener {
  /** It is about to be listed: what is made in it from now on must be told by an event. */
  entered(path: string): void;
  /** It may be another folder of the same name. */
  renewed(path: string): void;
  left(path: string): void;
  /** This entry is a symbolic link. */
  linked(path: string): void;
}

/** To be called before the folder is listed. @returns null when there is none of that name */
export function openFolder(path: string, parent: Folder | null, standing: Standing): Folder | null {
  const times = timesOf(path);
  if (times === null) return null;
  const known = { folders: new Map(), files: new Map(), dangling: new Set<string>() };
  return { path, parent, standing, ...known, ...times };
}

/** To be called before the folder is listed (again). @returns false when there is none of that name */
export function renewTimes(folder: Folder): boolean {
  const times = timesOf(folder.path);
  if (times !== null) Object.assign(folder, times);
  return times !== null;
}

function timesOf(path: string): Pick<Folder, "stamp" | "settled"> | null {
  const stats = statusOf(path);
  if (stats?.isDirectory() !== true) return null;
  const stamp = stampOf(stats);
  return { stamp, settled: isSettled(stamp, Date.now()) };
}

/** Null when it cannot be listed. */
export function entriesOf(path: string): readonly Dirent[] | null {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return null;
  }
}

/** Whether this entry makes its folder a virtual environment. */
export function isEnvironmentMark({ name }: { readonly name: string }): boolean {
  return ENVIRONMENT_MARKS.includes(name);
}

/** Whether an entry is a link to a folder that it lies in. */
export function isLoop(path: string, folder: Folder): boolean {
  const leads = statusOf(path);
  for (let at: Folder | null = folder; at !== null; at = at.parent) {
    const stats = statusOf(at.path);
    if (stats?.ino === leads?.ino && stats?.dev === leads?.dev) return true;
  }
  return false;
}
