import { paintFor, wantsColour } from "../log/colour.ts";
import { terminalColumns } from "../log/terminal-columns.ts";
import type { Environment } from "../settings/environment.ts";
import type { ErrorRecord } from "./error-record.ts";

/** What the terminal of a server is. */
export interface ErrorTerminal {
  /** Takes text that is escaped already. */
  readonly write: (text: string) => void;
  /** Folder that files are named from. */
  readonly folder: string;
  readonly environment: Environment;
}

/** Shows errors in a terminal, as they come; what draws them is loaded with the first. */
export function errorShower(terminal: ErrorTerminal): (record: ErrorRecord, page: string | null) => void {
  const { write, folder, environment } = terminal;
  const paint = paintFor(wantsColour(true, environment));
  return (record, page) => {
    // One after the other: what is loaded already resolves in the order in which it was asked for.
    void import("./render-ansi.ts").then(({ renderAnsi }) => {
      const columns = terminalColumns();
      const width = columns === null ? {} : { width: columns };
      write(`\n${renderAnsi(record, { paint, folder, page, ...width })}\n`);
    });
  };
}
