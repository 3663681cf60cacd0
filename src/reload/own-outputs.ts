import { fstatSync, statSync } from "node:fs";
import type { Change } from "./watcher.ts";

/**
 * Finds what this server itself writes.
 *
 * @param logs paths of its logs
 * @returns tells of a changed file whether it is one of them, or what standard output or standard error go to
 */
export function ownOutputs(logs: readonly string[]): (change: Pick<Change, "path">) => boolean {
  return ({ path }) => {
    const identity = identityOf(() => statSync(path));
    if (identity === null) return false;
    const descriptors = [1, 2].map((descriptor) => identityOf(() => fstatSync(descriptor)));
    return [...descriptors, ...logs.map((log) => identityOf(() => statSync(log)))].includes(identity);
  };
}

function identityOf(look: () => { readonly dev: number; readonly ino: number }): string | null {
  try {
    const { dev, ino } = look();
    return `${dev}:${ino}`;
  } catch {
    return null; // it has gone, or is closed
  }
}
