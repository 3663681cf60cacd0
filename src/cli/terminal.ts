import { styleText } from "node:util";
import type { HighballError } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";

type Style = Parameters<typeof styleText>[0];

/** A standard stream, with colours where they are wanted. */
export interface Output {
  /** Adds the line feed. */
  readonly line: (text?: string) => void;
  /** The text in a style; as it is where colours are not wanted. */
  readonly paint: (style: Style, text: string) => string;
}

/** Wraps `process.stdout` or `process.stderr`, or what stands in for it. */
export function openOutput(stream: NodeJS.WriteStream, environment: Environment = process.env): Output {
  const coloured = wantsColour(stream.isTTY, environment);
  return {
    line: (text = "") => stream.write(`${text}\n`),
    paint: (style, text) => (coloured ? styleText(style, text) : text),
  };
}

/**
 * FORCE_COLOR decides where it is set, as in Node itself; then NO_COLOR, if not empty
 * (https://no-color.org); then whether somebody is looking.
 */
export function wantsColour(isTerminal: boolean | undefined, environment: Environment): boolean {
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (environment["NO_COLOR"]) return false;
  return isTerminal === true && environment["TERM"] !== "dumb";
}

/** An error as the user sees it: what happened, the application's traceback, what to do next. */
export function showError(output: Output, error: HighballError): void {
  // The traceback leads: the eye ends at the bottom, and there is what to do.
  if (error.traceback !== undefined) output.line(`${error.traceback.trimEnd()}\n`);
  output.line(`${output.paint(["bold", "red"], "error:")} ${error.message}`);
  for (const line of error.hint?.split("\n") ?? []) output.line(`  ${line}`);
}

/** A reader that has gone, as in `highball --help | head -1`, is no reason to fail. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
