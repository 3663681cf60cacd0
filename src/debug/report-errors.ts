import type { Log } from "../log.ts";
import type { ErrorStore } from "./error-store.ts";

/**
 * Says in the terminal where the page of each error is. The error itself is there already: the worker prints
 * the traceback, the gateway what became of a process or of a load.
 *
 * @param url of the server; a Unix socket has none that a browser takes
 */
export function reportErrors(errors: ErrorStore, log: Log, url: () => string): void {
  errors.subscribe(({ id }) => {
    const base = url();
    if (base.startsWith("http")) log.info(`Debugger: ${base}/__highball__/errors/${id}`);
  });
}
