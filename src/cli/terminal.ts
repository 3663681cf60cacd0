import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { HighballError } from "../errors.ts";
import { type Paint, paintFor, wantsColour } from "../log/colour.ts";
import type { Environment } from "../settings/environment.ts";

export type { Paint } from "../log/colour.ts";

/** Where the command writes for people to read. */
export interface Output {
  /** Writes the text and a line feed before it returns. */
  readonly line: (text?: string) => void;
  /** Puts text in styles, where colours are wanted. */
  readonly paint: Paint;
  readonly isTerminal: boolean;
}

/**
 * Opens standard output (1) or standard error (2).
 *
 * Not `process.stdout`: the first look at it makes a pipe non-blocking, for the workers that share
 * the pipe too.
 */
export function openOutput(descriptor: 1 | 2, environment: Environment = process.env): Output {
  const isTerminal = isatty(descriptor);
  return {
    line: (text = "") => writeWhole(descriptor, `${text}\n`),
    paint: paintFor(wantsColour(isTerminal, environment)),
    isTerminal,
  };
}

/** An error as the user sees it: the application's traceback, what happened, what to do next. */
export function showError(output: Output, error: HighballError): void {
  // The traceback leads: the eye ends at the bottom, and there is what to do.
  if (error.traceback !== undefined) output.line(`${error.traceback.trimEnd()}\n`);
  output.line(`${output.paint("error:", "bold", "red")} ${error.message}`);
  if (error.hint) for (const line of error.hint.split("\n")) output.line(`  ${line}`);
}

/** Milliseconds between tries, and how many there are, while a reader stands still. */
const retry = 10;
const tries = 500;

function writeWhole(descriptor: number, text: string): void {
  let rest = Buffer.from(text, "utf8");
  for (let tried = 0; rest.length > 0 && tried < tries; tried++) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // Whoever shares the pipe has made it non-blocking, and it is full.
      if (error instanceof Error && "code" in error && error.code === "EAGAIN") {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retry);
        continue;
      }
      // A reader that has gone, as in `highball --help | head -1`, is no reason to fail.
      return;
    }
  }
}
