import type { Log } from "../log.ts";
import type { ErrorPlace, ErrorRecord } from "./error-record.ts";
import type { ErrorStore } from "./error-store.ts";

/** Where the errors come up that a worker leaves to the gateway (`shows` of `LoadOptions`). */
const SHOWN: ReadonlySet<ErrorPlace> = new Set<ErrorPlace>(["request", "stream", "close", "thread"]);

/**
 * Says in the terminal where the page of each error is.
 *
 * @param url of the server; a Unix socket has none that a browser takes
 * @param show shows an error with the address of its page; null where the workers print them
 */
export function reportErrors(
  errors: ErrorStore,
  log: Log,
  url: () => string,
  show: ((record: ErrorRecord, page: string | null) => void) | null = null,
): void {
  errors.subscribe((record) => {
    const base = url();
    const page = base.startsWith("http") ? `${base}/__highball__/errors/${record.id}` : null;
    // What became of a process or of a load stands in the log.
    if (show !== null && SHOWN.has(record.place)) show(record, page);
    else if (page !== null) log.info(`Debugger: ${page}`);
  });
}
