import { describe, expect, it } from "vitest";
import type { ErrorPlace } from "../../src/debug/error-record.ts";
import { ErrorStore } from "../../src/debug/error-store.ts";
import { reportErrors } from "../../src/debug/report-errors.ts";
import { errorModels, errorRecord } from "../support/error-models.ts";

/** What the terminal of a server at `url` is told of an error of each place. */
function told(url: string, isShown: boolean): string[] {
  const lines: string[] = [];
  const errors = new ErrorStore();
  const log = { debug: ignore, warning: ignore, error: ignore, info: (line: string) => lines.push(line) };
  const show = ({ place }: { readonly place: ErrorPlace }, page: string | null): void =>
    void lines.push(`${place} at ${page}`);
  reportErrors(errors, log, () => url, isShown ? { show } : null);
  for (const place of ["request", "stream", "close", "thread", "load", "crash", "response"] as const) {
    const { id: _id, at: _at, ...error } = errorRecord(errorModels.plain, { place });
    errors.add(error);
  }
  return lines;
}

function ignore(): void {}

describe("an error that is kept", () => {
  const url = "http://localhost:8000";
  const page = (id: number): string => `${url}/__highball__/errors/${id}`;

  it("is told by the address of its page, where the workers print it", () => {
    expect(told(url, false)).toEqual([1, 2, 3, 4, 5, 6, 7].map((id) => `Debugger: ${page(id)}`));
  });

  it("is shown with that, unless it is in the log already", () => {
    expect(told(url, true)).toEqual([
      `request at ${page(1)}`,
      `stream at ${page(2)}`,
      `close at ${page(3)}`,
      `thread at ${page(4)}`,
      `load at ${page(5)}`,
      ...[6, 7].map((id) => `Debugger: ${page(id)}`),
    ]);
  });

  it("has no page that a browser takes behind a Unix socket", () => {
    expect(told("unix:/run/app.sock", false)).toEqual([]);
    const shown = ["request", "stream", "close", "thread", "load"].map((place) => `${place} at null`);
    expect(told("unix:/run/app.sock", true)).toEqual(shown);
  });
});
