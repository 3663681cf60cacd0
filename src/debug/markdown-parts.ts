import { safeLine } from "./safe-line.ts";

/** Text in backticks, more of them than are in it (CommonMark §6.1): nothing in it is markup, a mention or a link. */
export function inlineCode(text: string): string {
  const line = safeLine(text.replaceAll("\n", " ")).trim();
  if (line === "") return "` `";
  const ticks = "`".repeat(longestRun(line) + 1);
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${ticks}${space}${line}${space}${ticks}`;
}

/** Lines in a fence that none of them can close, for it is longer than what they hold (CommonMark §4.5). */
export function fence(lines: readonly string[], language = ""): readonly string[] {
  const safe = lines.map(safeLine);
  const ticks = "`".repeat(Math.max(3, ...safe.map((line) => longestRun(line) + 1)));
  return [`${ticks}${language}`, ...safe, ticks];
}

/** What unfolds by a click; HTML, in which Markdown goes on behind an empty line. */
export function details(summary: string, lines: readonly string[]): readonly string[] {
  return ["<details>", `<summary>${escapeHtml(safeLine(summary))}</summary>`, "", ...lines, "", "</details>"];
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** Also what would be Markdown, or mention somebody, in the midst of HTML. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`*_[\]@#\\~|:]/g, (character) => `&#${character.charCodeAt(0)};`);
}
