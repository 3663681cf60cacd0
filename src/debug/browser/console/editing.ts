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
