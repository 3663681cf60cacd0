import { escapeMessage } from "../log/escape.ts";
import { terminalColumns } from "../log/terminal-columns.ts";
import type { Output } from "./terminal.ts";
import type { Width } from "./record-table.ts";

/** Columns of a terminal that does not tell. */
const USUAL = 80;

/** Prints text of the application: as it is for a script, and where a terminal would obey it escaped. */
export function print(output: Output, text: string): void {
  const whole = text.replace(/\n$/, "");
  output.line(output.isTerminal ? whole.split("\n").map(escapeMessage).join("\n") : whole);
}

/** Columns to write in; null where nothing is cut. */
export function widthOf(output: Output): Width {
  return output.isTerminal ? (terminalColumns() ?? USUAL) : null;
}
