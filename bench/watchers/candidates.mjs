/**
 * The ways to notice changes that were weighed. Each is opened over one folder, and calls back with the
 * absolute path of what changed.
 */
import { watch } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {(path: string) => void} OnChange
 * @typedef {(folder: string, onChange: OnChange) => Promise<void>} Open
 */

/** What each of them leaves out, so that all watch the same. */
const ignored = /(?:^|\/)(?:\.git|node_modules|__pycache__)(?:\/|$)/;

/** @type {Open} */
async function openChokidar(folder, onChange) {
  const { default: chokidar } = await import("chokidar");
  const watcher = chokidar.watch(folder, { ignoreInitial: true, ignored: (path) => ignored.test(path) });
  watcher.on("all", (_, path) => onChange(path));
  await new Promise((resolve) => watcher.on("ready", () => resolve(undefined)));
}

/** @type {Open} */
async function openRecursive(folder, onChange) {
  watch(folder, { recursive: true }, (_, name) => {
    if (name !== null && !ignored.test(name)) onChange(join(folder, name));
  });
}

const nothing = () => {};

/** @param {"native" | "stat"} type @returns {Open} */
function openHighball(type) {
  return async (folder, onChange) => {
    const { openWatcher } = await import("../../dist/reload/open-watcher.js");
    const log = { debug: nothing, info: nothing, warning: console.error, error: console.error };
    const lists = { extra: [], exclude: [], environmentFiles: [], settingsFiles: [] };
    openWatcher({ roots: [folder], ...lists, type, interval: 1000, log }, (changes) => {
      for (const { path } of changes) onChange(path);
    });
  };
}

/** @type {ReadonlyMap<string, Open>} */
export const candidates = new Map([
  ["one fs.watch a folder (Highball, native)", openHighball("native")],
  ["sweeps each second (Highball, stat)", openHighball("stat")],
  ["chokidar 5.0.0", openChokidar],
  ["fs.watch, recursive", openRecursive],
]);
