import { paintFor, wantsColour } from "../log/colour.ts";
import type { Drawing } from "./draw-error.ts";
import type { ErrorRecord } from "./error-record.ts";

/**
 * Shows errors in a terminal as they come; what draws them is loaded with the first.
 *
 * @param write takes text that is escaped already
 */
export function errorShower(
  project: Pick<Drawing, "folder" | "editor" | "environment">,
  write: (text: string) => void,
): (record: ErrorRecord, page: string | null) => void {
  const paint = paintFor(wantsColour(true, project.environment));
  return (record, page) => {
    // They keep their order: what is loaded already comes in the order in which it was asked for.
    void import("./draw-error.ts").then(({ drawError }) => {
      write(`\n${drawError(record, { ...project, page, paint })}\n`);
    });
  };
}
