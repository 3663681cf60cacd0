import type { Paint } from "../log/colour.ts";
import { terminalColumns } from "../log/terminal-columns.ts";
import type { Environment } from "../settings/environment.ts";
import { editorLinks } from "./editor-links.ts";
import type { ErrorRecord } from "./error-record.ts";
import { renderAgain, renderAnsi } from "./render-ansi.ts";
import { showsLinks } from "./terminal-links.ts";

/** The terminal that an error is drawn on, and whose it is. */
export interface Drawing {
  readonly paint: Paint;
  /** Folder of the project, which files are named from. */
  readonly folder: string;
  /** The setting `editor`. */
  readonly editor: string;
  /** Address of the error's page. */
  readonly page: string | null;
  readonly environment: Environment;
  /** It was drawn whole just before. @defaultValue false */
  readonly isRepeated?: boolean;
}

/** Draws an error for the terminal that this process was started from, as wide as that is now. */
export function drawError(record: ErrorRecord, drawing: Drawing): string {
  const { paint, folder, editor, page, environment, isRepeated = false } = drawing;
  const columns = terminalColumns();
  const link = showsLinks(true, environment) ? editorLinks(editor, folder, environment) : null;
  const render = isRepeated ? renderAgain : renderAnsi;
  return render(record, { paint, folder, page, link, ...(columns === null ? {} : { width: columns }) });
}
