import type { WatchOptions } from "./watch-options.ts";
import { ProjectWatcher } from "./watch-project.ts";
import type { ChangeListener, Watcher } from "./watcher.ts";
export type { WatchOptions } from "./watch-options.ts";

/**
 * Watches a project.
 *
 * @param listener told of changes of content; may be called before `look` or `follow` return
 */
export function openWatcher(options: WatchOptions, listener: ChangeListener): Watcher {
  return new ProjectWatcher(
    options.type === "stat" ? "stat" : "native",
    options,
    listener,
    ({ code, folders }) => {
      options.log.warning(`watch limit ${code} after ${folders} folders`);
    },
  );
}
