import { basename, dirname, extname } from "node:path";

import type { Role } from "./watcher.ts";

const TEMPLATES: ReadonlySet<string> = new Set([
  ".html",
  ".htm",
  ".xhtml",
  ".jinja",
  ".jinja2",
  ".j2",
  ".mako",
  ".djhtml",
]);
/** What a page shows and no style sheet or script is. */
const MEDIA: ReadonlySet<string> = new Set([
  ".svg",
  ".png",
  ".jpg",
  ".jpeg",
  ".gif",
  ".webp",
  ".avif",
  ".ico",
  ".woff",
  ".woff2",
  ".ttf",
  ".otf",
]);
const STYLES: ReadonlySet<string> = new Set([".css", ".scss", ".sass", ".less", ".styl"]);
const SCRIPTS: ReadonlySet<string> = new Set([
  ".js",
  ".mjs",
  ".cjs",
  ".jsx",
  ".ts",
  ".mts",
  ".tsx",
  ".vue",
  ".svelte",
]);
const LOCKS: ReadonlySet<string> = new Set([
  "poetry.lock",
  "uv.lock",
  "pdm.lock",
  "pipfile.lock",
  "pylock.toml",
]);
const REQUIREMENTS = /^requirements.*\.(?:txt|in)$/;
/** A folder that holds templates only: what is in it is shown, also as plain text (mails, robots.txt). */
const TEMPLATE_FOLDER = /[/\\](?:templates|jinja2)[/\\]/;
const SHOWN_AS_TEXT: ReadonlySet<string> = new Set([".txt", ".xml", ".json", ".md"]);

/** Files that, when they change, make the application load again. */
export const RELOADING: ReadonlySet<Role> = new Set(["code", "extra", "environment", "settings"]);

/** What a file of the project is to the application, by its name alone. */
export function roleOf(path: string): Role {
  const name = basename(path).toLowerCase();
  const extension = extname(name);
  if (extension === ".py") return "code";
  if (TEMPLATES.has(extension) || MEDIA.has(extension)) return "page";
  if (STYLES.has(extension)) return "style";
  if (SCRIPTS.has(extension)) return "script";
  if (LOCKS.has(name) || REQUIREMENTS.test(name)) return "environment";
  if (extension === ".txt" && basename(dirname(path)) === "requirements") return "environment";
  if (SHOWN_AS_TEXT.has(extension) && TEMPLATE_FOLDER.test(path)) return "page";
  return "other";
}
