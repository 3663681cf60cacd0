import { paintFor, wantsColour } from "../log/colour.ts";
import type { Drawing, drawError as Draw } from "./draw-error.ts";
import type { ErrorRecord } from "./error-record.ts";

/** Milliseconds after which what draws errors is loaded: by then the server has started. */
const LATER = 1_000;

/**
 * Shows errors in a terminal as they come.
 *
 * @param write takes text that is escaped already
 */
export function errorShower(
  project: Pick<Drawing, "folder" | "editor" | "environment">,
  write: (text: string) => void,
): (record: ErrorRecord, page: string | null) => void {
  const paint = paintFor(wantsColour(true, project.environment));
  let drawError: typeof Draw | null = null;
  const load = async (): Promise<void> => {
    ({ drawError } = await import("./draw-error.ts"));
  };
  const show = (record: ErrorRecord, page: string | null): void => {
    if (drawError !== null) write(`\n${drawError(record, { ...project, page, paint })}\n`);
    // They keep their order: what waits for the same goes on in the order in which it came.
    else void load().then(() => show(record, page));
  };
  setTimeout(() => void load(), LATER).unref();
  return show;
}
