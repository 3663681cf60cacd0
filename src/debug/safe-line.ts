import { escapeLine } from "../log/escape.ts";

/** Text of the application's on one line, without what a terminal obeys; a tab is as wide as a mark below it. */
export function safeLine(text: string): string {
  return escapeLine(text.replaceAll("\t", " "));
}
