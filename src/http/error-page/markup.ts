/** HTML whose every part is either ours or escaped. */
export class Markup {
  readonly text: string;

  /** @param text what is in the source of this program, or was made by `markup` */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text is escaped, null is nothing. */
export type Content = string | number | Markup | null | readonly Content[];

/** A template tag, not called `html` because formatters would lay its text out anew; a value may stand between tags, or as an attribute in double quotes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] ?? "";
  for (const [index, value] of values.entries()) text += render(value) + (parts[index + 1] ?? "");
  return new Markup(text);
}

function render(content: Content): string {
  if (content === null) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(render).join("");
  return escapeHtml(String(content));
}

const REPLACEMENTS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // A document may not have it, and a parser would replace it (WHATWG HTML §13.2.2).
  "\0": "\uFFFD",
};

function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- NUL is meant
  return text.replaceAll(/[&<>"'\0]/g, (character) => REPLACEMENTS[character] ?? "");
}
