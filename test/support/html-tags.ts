/** As much of an HTML parser as it takes to see whether a page of ours is well-formed. */

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface ReadPage {
  /** Start tags, in order. */
  readonly tags: readonly Tag[];
  readonly ids: readonly string[];
  /** End tags that fit nothing, elements that do not end. */
  readonly problems: readonly string[];
}

const VOID: ReadonlySet<string> = new Set(["meta", "br", "input", "img", "link", "hr"]);
/** Their content is text up to their end tag (WHATWG HTML §13.2.5). */
const RAW: ReadonlySet<string> = new Set(["script", "style", "title"]);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>/gy;

/** Reads the tags of a page; every `<` begins one, or is a problem. */
export function readTags(html: string): ReadPage {
  const tags: Tag[] = [];
  const problems: string[] = [];
  const open: string[] = [];
  let at = html.startsWith("<!doctype html>") ? 15 : 0;
  for (;;) {
    at = html.indexOf("<", at);
    if (at < 0) break;
    TAG.lastIndex = at;
    const [whole, slash, name = "", rest = ""] = TAG.exec(html) ?? [];
    if (whole === undefined) {
      problems.push(`no tag: ${html.slice(at, at + 40)}`);
      at += 1;
      continue;
    }
    at += whole.length;
    if (slash === "/") {
      if (open.pop() !== name) problems.push(`</${name}> ends nothing at ${html.slice(at - 60, at)}`);
      continue;
    }
    tags.push({ name, attributes: readAttributes(rest) });
    if (VOID.has(name)) continue;
    open.push(name);
    if (RAW.has(name)) at = html.indexOf(`</${name}`, at);
  }
  for (const name of open) problems.push(`<${name}> does not end`);
  const ids = tags.flatMap(({ attributes }) => attributes.get("id") ?? []);
  return { tags, ids, problems };
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(/([a-z-]+)(?:="([^"]*)")?/g))
    attributes.set(name, value);
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** What a page says: without tags, styles and scripts, references resolved. */
export function bareText(html: string): string {
  return html
    .replaceAll(/<(script|style)[^]*?<\/\1>/g, "")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(#39|\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
