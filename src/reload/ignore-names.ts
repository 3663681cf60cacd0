/** Folders that hold nothing a developer edits: environments, histories, caches, editors' own. */
const FOLDERS: ReadonlySet<string> = new Set([
  "__pycache__",
  "site-packages",
  "node_modules",
  "bower_components",
  ".git",
  ".hg",
  ".svn",
  ".bzr",
  ".jj",
  "_darcs",
  ".venv",
  ".tox",
  ".nox",
  ".eggs",
  "__pypackages__",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".hypothesis",
  ".ipynb_checkpoints",
  ".cache",
  ".direnv",
  ".idea",
  ".vscode",
  ".vs",
  ".fleet",
  ".zed",
  ".Trash",
]);

/** In a folder that is a virtual environment whatever its name (venv(1), conda). */
export const ENVIRONMENT_MARKS: readonly string[] = ["pyvenv.cfg", "conda-meta"];

/**
 * Files that come and go beside the one that is saved, or that the application writes as it runs: each
 * alternative is one program's.
 */
const FILES = new RegExp(
  [
    // Python's bytecode; .pyd is an extension module.
    String.raw`\.py[co]$`,
    // vim: swap files, the file that tries whether the folder can be written, backups (also nano, emacs, kate).
    String.raw`\.sw[a-z]$|^4913$|~$`,
    // emacs: auto-save and lock.
    String.raw`^#.*#$|^\.#`,
    // JetBrains' safe write.
    String.raw`___jb_(?:tmp|old|bak)___$`,
    // kate; GLib (gedit, GNOME Text Editor); LibreOffice's lock.
    String.raw`\.kate-swp$|^\.goutputstream-|^\.~lock\.`,
    // sed -i and rsync write to these and rename.
    String.raw`^sed[A-Za-z0-9]{6}$|^\..+\.[^.]+\.[A-Za-z0-9]{6}$`,
    // Desktops.
    String.raw`^\.DS_Store$|^Thumbs\.db$|^desktop\.ini$|^\.nfs[0-9a-f]{8,}$`,
    // What applications write: logs, process ids, sockets, SQLite's databases and journals.
    String.raw`\.(?:log|pid|sock|sqlite3?|db)$|\.(?:sqlite3?|db)-(?:journal|wal|shm)$`,
  ].join("|"),
);

/** Whether a folder of this name is never entered. */
export function isIgnoredFolder(name: string): boolean {
  return FOLDERS.has(name);
}

/** Whether a file of this name is nobody's source. */
export function isIgnoredFile(name: string): boolean {
  return FILES.test(name);
}
