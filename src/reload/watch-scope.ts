import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { compileGlob, isGlob, type Glob } from "./glob.ts";
import { isIgnoredFile, isIgnoredFolder } from "./ignore-names.ts";
import { IgnoreRules } from "./ignore-rules.ts";
import { roleOf } from "./roles.ts";
import type { WatchOptions } from "./watch-options.ts";
import type { Role } from "./watcher.ts";

/** Why a folder is listed; what it holds is judged by it. */
export interface Standing {
  /** It belongs to the project: what is not ignored is watched. */
  readonly project: boolean;
  /** `--reload-extra-file` names it: all of it is watched. */
  readonly extra: boolean;
  /** The `.gitignore` files that hold for what is in it. */
  readonly rules: IgnoreRules | null;
}

/** Decides what is watched, and as what. */
export class WatchScope {
  /** Folders that are listed with all below them: the project's first, outermost first. */
  readonly starts: readonly string[];
  readonly #roots: ReadonlySet<string>;
  readonly #named: Map<string, Role> = new Map();
  readonly #extraFolders: ReadonlySet<string>;
  readonly #extraGlobs: readonly Glob[];
  readonly #excluded: readonly Glob[];
  /** Files that a worker has imported, and that are not excluded. */
  #followed: ReadonlySet<string> = new Set();

  constructor(options: WatchOptions) {
    const roots = options.roots.map((root) => resolve(root));
    const [project = process.cwd()] = roots;
    this.#roots = new Set(roots);
    this.#excluded = options.exclude.map((pattern) => compileGlob(pattern, roots));
    const extra = options.extra.map((text) => {
      // A name that has brackets in it and exists is not a pattern.
      const path = resolve(project, text);
      return isGlob(text) && !existsSync(path) ? compileGlob(text, roots) : path;
    });
    const paths = extra.filter((item) => typeof item === "string");
    // It may be a folder, or become one; a file has nothing below it.
    this.#extraFolders = new Set(paths);
    this.#extraGlobs = extra.filter((item) => typeof item !== "string");
    this.#name(paths, "extra");
    this.#name(options.environmentFiles, "environment");
    this.#name(options.settingsFiles, "settings");
    const bases = this.#extraGlobs.map(({ base }) => base).filter((base) => base !== null);
    const starts = new Set([...roots.toSorted(byLength), ...[...paths, ...bases].toSorted(byLength)]);
    this.starts = [...starts].filter((path) => !this.isExcluded(path));
  }

  /** Files that are watched wherever they are. */
  *named(): Iterable<string> {
    yield* this.#named.keys();
    for (const path of this.#followed) if (!this.#named.has(path)) yield path;
  }

  /** Files that a worker has imported, in place of those before. */
  follow(files: readonly string[]): void {
    const paths = files.map((path) => resolve(path));
    this.#followed = new Set(paths.filter((path) => !this.isExcluded(path)));
  }

  isExcluded(path: string): boolean {
    return this.#excluded.some((glob) => glob.matches(path));
  }

  /** What a file is that was named itself, or null. */
  roleOfNamed(path: string): Role | null {
    return this.#named.get(path) ?? (this.#followed.has(path) ? "code" : null);
  }

  /** What a file is in a folder of this standing; null when it is not watched. */
  roleOfFile(path: string, name: string, { project, extra, rules }: Standing): Role | null {
    const named = this.roleOfNamed(path);
    if (named !== null) return named;
    if (project && name === ".gitignore" && !this.isExcluded(path)) return "other";
    if (isIgnoredFile(name) || this.isExcluded(path)) return null;
    if (extra || this.#extraGlobs.some((glob) => glob.matches(path))) return "extra";
    return project && rules?.ignores(path, false) !== true ? roleOf(path) : null;
  }

  /** How a folder stands that lies in one of this standing; null when it is not entered. */
  standingOfFolder(path: string, name: string, { project, extra, rules }: Standing): Standing | null {
    if (this.isExcluded(path)) return null;
    if (this.#roots.has(path)) return { ...this.standingOfStart(path), extra };
    if (this.#extraFolders.has(path)) return { project, extra: true, rules };
    if (isIgnoredFolder(name)) return null;
    const isProject = project && rules?.ignores(path, true) !== true;
    if (!isProject && !extra && !this.#extraGlobs.some((glob) => mayHold(glob, path))) return null;
    return { project: isProject, extra, rules };
  }

  /** How a folder stands that is named itself. */
  standingOfStart(path: string): Standing {
    const project = this.#roots.has(path);
    const rules = project ? IgnoreRules.above(path) : null;
    return { project, extra: this.#extraFolders.has(path), rules };
  }

  #name(paths: readonly string[], role: Role): void {
    for (const path of paths.map((named) => resolve(named))) {
      if (!this.isExcluded(path)) this.#named.set(path, role);
    }
  }
}

function byLength(one: string, other: string): number {
  return one.length - other.length;
}

/** Whether what matches the pattern can lie in the folder. */
function mayHold({ base, depth }: Glob, folder: string): boolean {
  if (base === null) return false;
  let at = folder;
  for (let above = 0; above <= depth; above += 1) {
    if (at === base) return true;
    const parent = dirname(at);
    if (parent === at) return false;
    at = parent;
  }
  // What leads to the base is entered by its own start.
  return false;
}
