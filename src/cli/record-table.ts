import { displayWidth, shortenedTo } from "../debug/columns.ts";
import { escapeLine } from "../log/escape.ts";
import { clockTime, messageTime } from "../log/local-time.ts";
import type { Style } from "../log/colour.ts";
import type { Output } from "./terminal.ts";

/** One cell: text of any kind, which is escaped here, and how it looks. */
export interface Cell {
  readonly text: string;
  readonly styles?: readonly Style[];
  /** Numbers end at one line. */
  readonly align?: "right";
}

/** Columns of a terminal; without one nothing is cut, so that scripts get it whole. */
export type Width = number | null;

/** Narrower than this an elastic column is not made. */
const NARROWEST = 16;
const GAP = "  ";

/**
 * Writes rows in columns.
 *
 * @param elastic index of the column that gives way where the terminal is narrow
 */
export function renderTable(
  rows: readonly (readonly Cell[])[],
  elastic: number,
  width: Width,
  paint: Output["paint"],
): string[] {
  const texts = rows.map((row) => row.map((cell) => escapeLine(cell.text)));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...texts.map((row) => displayWidth(row[column] ?? ""))),
  );
  const whole = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  const over = width === null ? 0 : Math.max(0, whole - width);
  const wanted = widths[elastic] ?? 0;
  widths[elastic] = Math.min(wanted, Math.max(NARROWEST, wanted - over));
  return rows.map((row, at) => {
    const cells = row.map((cell, column) => {
      const room = widths[column] ?? 0;
      const text = shortenedTo(texts[at]?.[column] ?? "", room);
      const painted = text === "" ? "" : paint(text, ...(cell.styles ?? []));
      const padding = " ".repeat(Math.max(0, room - displayWidth(text)));
      return cell.align === "right" ? padding + painted : painted + padding;
    });
    return (GAP + cells.join(GAP)).trimEnd();
  });
}

/** A time as people tell it: of today without the day. */
export function timeOf(milliseconds: number, now: number = Date.now()): string {
  const [day = ""] = messageTime()(milliseconds).split(" ");
  const [today = ""] = messageTime()(now).split(" ");
  const clock = clockTime()(milliseconds);
  return day === today ? clock : `${day} ${clock}`;
}

/** `12 ms`, `1.2 s`. */
export function durationOf(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Green for what went well. */
export function statusCell(status: number | null): Cell {
  if (status === null) return { text: "…", styles: ["dim"], align: "right" };
  const style = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  return { text: String(status), styles: [style], align: "right" };
}
