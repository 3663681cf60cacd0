/**
 * What a terminal obeys or hides: C0 but tab and line feed, DEL, C1 (0x9b is CSI in one byte), line
 * and paragraph separators, and the marks that reverse the reading order of what follows.
 */
// oxlint-disable-next-line no-control-regex -- finding control characters is what it is for
const UNSAFE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text that a terminal shows and never obeys: control characters become `\xHH`, and the lines after
 * the first are indented, so that none can pass for a message of its own.
 */
export function escapeMessage(text: string): string {
  return text.replace(UNSAFE, hexadecimal).replaceAll("\n", "\n    ");
}

/** As {@link escapeMessage}, on one line whatever the text holds. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, hexadecimal).replaceAll("\n", "\\x0A").replaceAll("\t", "\\x09");
}

function hexadecimal(character: string): string {
  const code = character.charCodeAt(0);
  const digits = code.toString(16).toUpperCase();
  return code > 0xff ? `\\u${digits.padStart(4, "0")}` : `\\x${digits.padStart(2, "0")}`;
}
