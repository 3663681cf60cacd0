import { createRequire } from "node:module";
import { join, resolve, sep } from "node:path";

import type picomatch from "picomatch";

/** One pattern of `--reload-exclude` or `--reload-extra-file`; see docs/reference/globs.md. */
export interface Glob {
  /** Absolute: nothing above it can match. Null for a pattern without a slash, which matches anywhere. */
  readonly base: string | null;
  /** Folders below `base` in which something can match. */
  readonly depth: number;
  /** True also for what is in a folder that matches. */
  matches(path: string): boolean;
}

const SETTINGS = { dot: true, nonegate: true, noextglob: true, windows: false } as const;

/**
 * Makes a pattern ready to be matched.
 *
 * @param roots absolute; a relative pattern with a slash is taken from the first
 */
export function compileGlob(pattern: string, roots: readonly string[]): Glob {
  const text = pattern.replace(/\/+$/, "");
  const [project = sep] = roots;
  const match = loadPicomatch();
  if (!text.includes("/")) {
    const test = match([`**/${text}`, `**/${text}/**`], SETTINGS);
    return { base: null, depth: Infinity, matches: (path) => test(below(path, roots)) };
  }
  const { base, glob, isGlob: hasMagic } = match.scan(text);
  const folder = resolve(project, hasMagic ? base : text);
  const inside = folder.endsWith(sep) ? folder : folder + sep;
  if (!hasMagic) {
    return { base: folder, depth: Infinity, matches: (path) => path === folder || path.startsWith(inside) };
  }
  const test = match([glob, `${glob}/**`], SETTINGS);
  return {
    base: folder,
    depth: glob.includes("**") ? Infinity : glob.split("/").length - 1,
    matches: (path) => path.startsWith(inside) && test(slashed(path.slice(inside.length))),
  };
}

/** Whether text is a pattern, rather than the name of one file or folder. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text) && loadPicomatch().scan(text).isGlob;
}

/** The path from the outermost root that holds it, or from the file system's. */
function below(path: string, roots: readonly string[]): string {
  let root = "";
  for (const candidate of roots) {
    if (path.startsWith(join(candidate, sep)) && (root === "" || candidate.length < root.length))
      root = candidate;
  }
  return slashed(path.slice(root.length)).replace(/^\/+/, "");
}

function slashed(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}

let loaded: typeof picomatch | null = null;

/** Loaded for the first pattern: it takes milliseconds, and most projects have none. */
function loadPicomatch(): typeof picomatch {
  loaded ??= createRequire(import.meta.url)("picomatch") as typeof picomatch;
  return loaded;
}
