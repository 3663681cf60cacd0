/** The indentation that the line after this one begins with. */
export function indentationAfter(before: string): string {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const indentation = /^[ \t]*/.exec(line)?.[0] ?? "";
  return /:\s*(?:#.*)?$/.test(line) ? `${indentation}    ` : indentation;
}

/** What of a completion is not there yet: it may repeat the end of what was written. */
export function insertionOf(before: string, completion: string): string {
  for (let length = Math.min(completion.length, before.length); length > 0; length -= 1) {
    if (before.endsWith(completion.slice(0, length))) return completion.slice(length);
  }
  return completion;
}

/** Columns of an indentation that one step back takes away; 0 where there is something before the caret. */
export function stepBack(before: string): number {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return /^ +$/.test(line) ? ((line.length - 1) % 4) + 1 : 0;
}

const PROMPT = /^[ \t]*(?:>>>|\.\.\.)(?: |$)/;

/** Code as it comes from the midst of a file or out of another console: without what stands before all of it. */
export function pastedCode(text: string): string {
  let lines = text
    .replaceAll(/\r\n?/g, "\n")
    .replace(/^(?:[ \t]*\n)+/, "")
    .split("\n");
  // What was printed there is no code.
  if (lines[0]?.trimStart().startsWith(">>>"))
    lines = lines.filter((line) => PROMPT.test(line)).map((line) => line.replace(PROMPT, ""));
  const common = commonIndentation(lines.filter((line) => line.trim() !== ""));
  return lines.map((line) => (line.trim() === "" ? "" : line.slice(common))).join("\n");
}

function commonIndentation([first = "", ...others]: readonly string[]): number {
  let common = /^[ \t]*/.exec(first)?.[0] ?? "";
  for (const line of others) while (!line.startsWith(common)) common = common.slice(0, -1);
  return common.length;
}
