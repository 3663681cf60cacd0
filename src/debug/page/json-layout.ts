/** Deeper than this nothing is moved to the right any more: JSON may be as deep as it is long. */
const DEEPEST = 40;

/** Characters of what is laid out: a page has to draw them. */
const LONGEST = 1024 * 1024;

const TOKEN = /"(?:[^"\\]+|\\[^])*"?|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * JSON with a line for each of its values. Numbers, the order of keys and keys that are there twice stay as they
 * were sent, which they would not if it were read and written; and so does what is no JSON. What was cut off is
 * laid out as far as it goes. Runs in the browser.
 */
export function layOutJson(text: string, isCut: boolean): string {
  if (!isCut && !isJson(text)) return text;
  const tokens = text.match(TOKEN) ?? [];
  const lines: string[] = [];
  let line = "";
  let depth = 0;
  const breakLine = (): void => {
    lines.push(line);
    line = "  ".repeat(Math.max(0, Math.min(depth, DEEPEST)));
  };
  tokens.forEach((token, index) => {
    const opensBefore = /^[{[]$/.test(tokens[index - 1] ?? "");
    if (/^[}\]]$/.test(token)) {
      depth -= 1;
      // `{}` stays on its line.
      if (!opensBefore) breakLine();
    } else if (opensBefore || tokens[index - 1] === ",") breakLine();
    line += token === ":" ? ": " : token;
    if (/^[{[]$/.test(token)) depth += 1;
  });
  const laidOut = [...lines, line].join("\n");
  return laidOut.length > LONGEST ? text : laidOut;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
