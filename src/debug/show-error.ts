import { paintFor, wantsColour } from "../log/colour.ts";
import type { Drawing, drawError as Draw } from "./draw-error.ts";
import type { ErrorRecord } from "./error-record.ts";

/** Milliseconds after which what draws errors is loaded: by then the server has started. */
const LATER = 1_000;

/** Milliseconds in which an error that comes again is not shown whole again: a page asks for much at once. */
const SOON = 10_000;

/** Shows errors in a terminal as they come. */
export interface ErrorShower {
  show(record: ErrorRecord, page: string | null): void;
  /** Resolves once those are shown that have come by now. */
  shown(): Promise<void>;
}

/** @param write takes text that is escaped already */
export function errorShower(
  project: Pick<Drawing, "folder" | "editor" | "environment">,
  write: (text: string) => void,
): ErrorShower {
  const paint = paintFor(wantsColour(true, project.environment));
  let drawError: typeof Draw | null = null;
  let waiting: Promise<void> = Promise.resolve();
  const load = async (): Promise<void> => {
    ({ drawError } = await import("./draw-error.ts"));
  };
  const repeats = repetitions();
  const show = (record: ErrorRecord, page: string | null): void => {
    if (drawError !== null) {
      const isRepeated = repeats(record);
      const text = drawError(record, { ...project, page, paint, isRepeated });
      write(isRepeated ? `\n${text}` : `\n${text}\n`);
    }
    // They keep their order: what waits for the same goes on in the order in which it came.
    else waiting = load().then(() => show(record, page));
  };
  setTimeout(() => void load(), LATER).unref();
  return { show, shown: () => waiting };
}

/** Tells whether an error is the one that was shown last, whole and not long ago. */
export function repetitions(): (record: ErrorRecord) => boolean {
  let shown = "";
  let at = 0;
  return (record) => {
    const what = identityOf(record);
    if (what === shown && record.at - at < SOON) return true;
    shown = what;
    at = record.at;
    return false;
  };
}

/** The same in the same code. */
function identityOf({ title, place, version, model }: ErrorRecord): string {
  const frames = model?.exception.frames.map(({ file, line }) => [file, line]) ?? null;
  return JSON.stringify([version, place, title, frames]);
}
