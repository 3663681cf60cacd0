import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";

import type { Ignore } from "ignore";

/**
 * The `.gitignore` files that hold for a folder: its own, and those above it (gitignore(5)).
 *
 * What lies deeper decides first, and a pattern that begins with `!` takes back what one above said.
 */
export class IgnoreRules {
  readonly #folder: string;
  readonly #rules: Ignore;
  readonly #above: IgnoreRules | null;

  private constructor(folder: string, rules: Ignore, above: IgnoreRules | null) {
    this.#folder = folder;
    this.#rules = rules;
    this.#above = above;
  }

  /** The rules for a folder that has a `.gitignore`; those above it when that cannot be read. */
  static read(folder: string, above: IgnoreRules | null): IgnoreRules | null {
    let text: string;
    try {
      text = readFileSync(join(folder, ".gitignore"), "utf8");
    } catch {
      return above;
    }
    return new IgnoreRules(folder, newIgnore().add(text), above);
  }

  /** The rules that hold for a folder from above: of the folders up to the one that has `.git`. */
  static above(folder: string): IgnoreRules | null {
    const folders: string[] = [];
    for (let at = folder; !existsSync(join(at, ".git"));) {
      at = dirname(at);
      if (folders.at(-1) === at) return null;
      folders.push(at);
    }
    let rules: IgnoreRules | null = null;
    for (const at of folders.toReversed()) rules = IgnoreRules.read(at, rules);
    // Who serves a folder that is ignored wants it watched.
    return rules?.ignores(folder, true) === true ? null : rules;
  }

  ignores(path: string, isFolder: boolean): boolean {
    const relative = path.slice(this.#folder.length + 1).replaceAll(sep, "/");
    const { ignored, unignored } = this.#rules.test(isFolder ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
    return this.#above?.ignores(path, isFolder) ?? false;
  }
}

/** Loaded when the first `.gitignore` is met: not every project has one. */
function newIgnore(): Ignore {
  const require = createRequire(import.meta.url);
  const create = require("ignore") as () => Ignore;
  return create();
}
