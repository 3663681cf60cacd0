import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";

import type { WatchFolder, WatchLimit } from "./native-folders.ts";
import { silentFileSystem } from "./watch-mounts.ts";
import type { WatchOptions } from "./watch-options.ts";
import { ProjectWatcher } from "./watch-project.ts";
import type { ChangeListener, Watcher } from "./watcher.ts";
export type { WatchOptions } from "./watch-options.ts";

/**
 * Watches a project. What is there when this returns is watched from then on.
 *
 * The type `auto` is `native`, but on file systems that tell of no changes; where the system has too few
 * watches it becomes `stat`. Both are said in the log.
 *
 * @param listener told of changes of content, many at a time; also before `look` and `follow` return
 * @param watchFolder in place of node:fs `watch`, for tests
 */
export function openWatcher(
  options: WatchOptions,
  listener: ChangeListener,
  watchFolder?: WatchFolder,
): Watcher {
  const { type, roots, interval, log } = options;
  const silent = type === "auto" ? firstSilent(roots) : null;
  if (silent !== null) {
    log.warning(
      `"${silent.root}" is on a file system (${silent.fileSystem}) that does not tell of changes: every file ` +
        `is looked at every ${interval} ms and before each request instead. ` +
        "It is faster on a disk of this machine; if events do arrive: --reloader-type native",
    );
  }
  const chosen = type === "stat" || silent !== null ? "stat" : "native";
  const onLimit = (limit: WatchLimit, folders: number): void => {
    log.warning(
      `${describe(limit)} after ${limit.folders} of ${folders} folders: every file is looked at every ` +
        `${interval} ms and before each request instead. ${remedy(limit)}`,
    );
  };
  return new ProjectWatcher(chosen, options, listener, onLimit, watchFolder);
}

function firstSilent(
  roots: readonly string[],
): { readonly root: string; readonly fileSystem: string } | null {
  for (const root of roots) {
    const fileSystem = silentFileSystem(root);
    if (fileSystem !== null) return { root, fileSystem };
  }
  return null;
}

function describe({ code }: WatchLimit): string {
  return code === "ENOSPC"
    ? `The system has no watch left (${code})`
    : `No more files can be opened (${code})`;
}

/** The line that raises the limit that was met. */
function remedy({ code }: WatchLimit): string {
  if (process.platform !== "linux") return "More files for this shell: ulimit -n 65536";
  if (code === "ENOSPC") return "More watches: sudo sysctl fs.inotify.max_user_watches=524288";
  // The same code stands for two limits: inotify_init(2).
  return canOpen()
    ? "More programs that watch: sudo sysctl fs.inotify.max_user_instances=1024"
    : "More files for this shell: ulimit -n 65536";
}

function canOpen(): boolean {
  try {
    closeSync(openSync(devNull, "r"));
    return true;
  } catch {
    return false;
  }
}
