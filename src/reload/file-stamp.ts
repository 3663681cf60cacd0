import { lstatSync, readlinkSync, realpathSync, statSync, type Stats } from "node:fs";
import { join, parse, resolve, sep } from "node:path";

/**
 * What the file system says of a file without its content being read.
 *
 * Two that are equal mean the same content, but for one case: a file that is written twice within
 * one tick of the file system's clock. The status change time cannot be set by programs (utime(2)),
 * so it also tells a file that `cp -p` or `rsync -t` gave an older modification time.
 */
export interface Stamp {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** Milliseconds since the epoch. */
  readonly changed: number;
  readonly inode: number;
}

/**
 * The longest tick of a file system's clock, milliseconds. Linux takes the time of the last timer
 * interrupt (10 ms apart at most); those that keep whole seconds only show it by their times, and
 * FAT keeps every second one.
 */
export const TICK = 20;
const COARSE_TICK = 2_100;

/** Null if it does not exist, cannot be reached, or is neither file nor folder. */
export function statusOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    // A loop of links, a file where a folder was, no right to enter: it cannot be read as things are.
    return null;
  }
}

/** As `statusOf`, and whether the path is a symbolic link; one system call for what is none. */
export function statusAtLink(path: string): { readonly stats: Stats | null; readonly link: boolean } {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return { stats: null, link: false };
  }
  if (stats?.isSymbolicLink() === true) return { stats: statusOf(path), link: true };
  return { stats: stats ?? null, link: false };
}

export function stampOf(stats: Stats): Stamp {
  return { size: stats.size, modified: stats.mtimeMs, changed: stats.ctimeMs, inode: stats.ino };
}

export function isSame(one: Stamp, stats: Stats): boolean {
  return (
    one.changed === stats.ctimeMs &&
    one.modified === stats.mtimeMs &&
    one.size === stats.size &&
    one.inode === stats.ino
  );
}

/** Whether what is written from now on (milliseconds since the epoch) gets another stamp for certain. */
export function isSettled({ changed }: Stamp, now: number): boolean {
  return now - changed > (changed % 1_000 === 0 ? COARSE_TICK : TICK);
}

/** Links that are followed before they are taken for a loop: path_resolution(7). */
const MOST_LINKS = 40;

/**
 * The entries outside of a path's own folder that decide what is read under it: every symbolic link
 * on the way and what they lead to, or the first part that does not exist. Empty for most paths.
 */
export function trailOf(path: string): readonly string[] {
  if (realPathOf(path) === path) return [];
  const passed: string[] = [];
  let { root: at } = parse(path);
  let names = namesOf(path);
  while (names.length > 0) {
    const [name = "", ...rest] = names;
    const entry = join(at, name);
    const target = targetOf(entry);
    if (target === null) return [...passed, entry];
    if (target === "") {
      at = entry;
      names = rest;
      continue;
    }
    passed.push(entry);
    if (passed.length > MOST_LINKS) return passed;
    const leads = resolve(at, target);
    at = parse(leads).root;
    names = [...namesOf(leads), ...rest];
  }
  return passed.length === 0 ? [] : [...passed, at];
}

/** Null when something on the way does not exist. */
export function realPathOf(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

export function isLink(path: string): boolean {
  const target = targetOf(path);
  return target !== null && target !== "";
}

/** What a link says, empty for what is no link, null for what does not exist. */
function targetOf(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : "";
  } catch {
    return null;
  }
}

function namesOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((name) => name !== "");
}
