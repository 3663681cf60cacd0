import type { Log } from "../log.ts";
import type { ErrorPlace } from "./error-record.ts";
import type { ErrorStore } from "./error-store.ts";
import type { ErrorShower } from "./show-error.ts";

/** Where the errors come up that others leave to the terminal: workers (`shows` of `LoadOptions`), and who loads code. */
const SHOWN: ReadonlySet<ErrorPlace> = new Set<ErrorPlace>(["request", "stream", "close", "thread", "load"]);

/**
 * Says in the terminal where the page of each error is.
 *
 * @param url of the server; a Unix socket has none that a browser takes
 * @param shower shows an error with the address of its page; null where the workers print them
 */
export function reportErrors(
  errors: ErrorStore,
  log: Log,
  url: () => string,
  shower: Pick<ErrorShower, "show"> | null = null,
): void {
  errors.subscribe((record) => {
    const base = url();
    const page = base.startsWith("http") ? `${base}/__highball__/errors/${record.id}` : null;
    // What became of a process stands in the log.
    if (shower !== null && SHOWN.has(record.place)) shower.show(record, page);
    else if (page !== null) log.info(`Debugger: ${page}`);
  });
}
