/** How editors and tools save. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/**
 * `prepare` comes before the folder is watched, `disturb` after it; then there is time for that to be
 * noticed. `save` returns the path of the file whose content it has changed.
 *
 * @typedef {{
 *   prepare: (folder: string) => void,
 *   disturb?: (folder: string) => void,
 *   save: (folder: string, text: string) => string,
 * }} Pattern
 */

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** @param {string} path @param {string} text */
function replace(path, text) {
  write(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

/** @type {Readonly<Record<string, Pattern>>} */
export const patterns = {
  "truncate and write": {
    prepare: (folder) => write(join(folder, "app.py"), "before"),
    save(folder, text) {
      writeFileSync(join(folder, "app.py"), text);
      return "app.py";
    },
  },
  "temporary file and rename": {
    prepare: (folder) => write(join(folder, "app.py"), "before"),
    save(folder, text) {
      replace(join(folder, "app.py"), text);
      return "app.py";
    },
  },
  "in place, after a rename": {
    prepare: (folder) => write(join(folder, "app.py"), "before"),
    disturb: (folder) => replace(join(folder, "app.py"), "between"),
    save(folder, text) {
      appendFileSync(join(folder, "app.py"), text);
      return "app.py";
    },
  },
  "backup copy, as vim": {
    prepare: (folder) => write(join(folder, "app.py"), "before"),
    save(folder, text) {
      const path = join(folder, "app.py");
      renameSync(path, `${path}~`);
      writeFileSync(path, text);
      unlinkSync(`${path}~`);
      return "app.py";
    },
  },
  "sed -i": {
    prepare: (folder) => write(join(folder, "app.py"), "before"),
    save(folder, text) {
      execFileSync("sed", ["-i", `s/.*/${text}/`, join(folder, "app.py")]);
      return "app.py";
    },
  },
  "cp -p of an older file": {
    prepare(folder) {
      write(join(folder, "app.py"), "before");
      write(join(folder, "old.txt"), "older!");
      utimesSync(join(folder, "old.txt"), 1_000_000, 1_000_000);
    },
    save(folder, text) {
      appendFileSync(join(folder, "old.txt"), text);
      utimesSync(join(folder, "old.txt"), 1_000_000, 1_000_000);
      execFileSync("cp", ["-p", join(folder, "old.txt"), join(folder, "app.py")]);
      return "app.py";
    },
  },
  "new folders and a file at once": {
    prepare: (folder) => mkdirSync(folder, { recursive: true }),
    save(folder, text) {
      write(join(folder, "a/b/c/new.py"), text);
      return "a/b/c/new.py";
    },
  },
  "again in a new folder": {
    prepare: (folder) => mkdirSync(folder, { recursive: true }),
    disturb: (folder) => write(join(folder, "a/b/c/new.py"), "before"),
    save(folder, text) {
      writeFileSync(join(folder, "a/b/c/new.py"), text);
      return "a/b/c/new.py";
    },
  },
  "in a folder that was renamed": {
    prepare: (folder) => write(join(folder, "one/pkg/app.py"), "before"),
    disturb: (folder) => renameSync(join(folder, "one"), join(folder, "two")),
    save(folder, text) {
      writeFileSync(join(folder, "two/pkg/app.py"), text);
      return "two/pkg/app.py";
    },
  },
  "in a folder that was deleted and made again": {
    prepare: (folder) => write(join(folder, "pkg/app.py"), "before"),
    disturb(folder) {
      rmSync(join(folder, "pkg"), { recursive: true });
      write(join(folder, "pkg/app.py"), "between");
    },
    save(folder, text) {
      writeFileSync(join(folder, "pkg/app.py"), text);
      return "pkg/app.py";
    },
  },
  "a link is switched to another release": {
    prepare(folder) {
      write(join(folder, "releases/1/app.py"), "before");
      symlinkSync("releases/1", join(folder, "current"));
    },
    save(folder, text) {
      write(join(folder, "releases/2/app.py"), text);
      symlinkSync("releases/2", join(folder, "next"));
      renameSync(join(folder, "next"), join(folder, "current"));
      return "current/app.py";
    },
  },
};

/** What changes no content. @type {Readonly<Record<string, (path: string) => void>>} */
export const idle = {
  touch: (path) => utimesSync(path, new Date(), new Date()),
  chmod: (path) => chmodSync(path, 0o600),
  "the same bytes": (path) => writeFileSync(path, "before"),
  "the same bytes, renamed over it": (path) => {
    copyFileSync(path, `${path}.tmp`);
    renameSync(`${path}.tmp`, path);
  },
};
