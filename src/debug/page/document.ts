import { randomBytes } from "node:crypto";
import { Markup, markup, type Content } from "../../http/error-page/markup.ts";
import type { Page } from "../../http/error-page/page.ts";
import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";
import type { PageContext } from "./page-context.ts";
import { pageScript } from "./page-script.ts";
import { STYLE } from "./style.ts";

/** A page's frame: what is the same for all of them. */
export interface DocumentParts {
  /** Which one it is: the script looks at it. */
  readonly kind: "error" | "index" | "console" | "requests" | "request" | "unlock" | "missing";
  readonly title: string;
  readonly context: Pick<PageContext, "run" | "version">;
  /** For the script, beside the context: attributes of the body, `data-` before each. */
  readonly data?: Readonly<Record<string, string>>;
  /** What stands in the bar at the top, beside the ways to the other pages. */
  readonly bar: Content;
  readonly content: Content;
}

const style: Markup = new Markup(STYLE);

const PAGES: readonly (readonly [kind: DocumentParts["kind"], path: string, name: string])[] = [
  ["index", "errors", "Errors"],
  ["requests", "requests", "Requests"],
  ["console", "console", "Console"],
];

/** Makes a page: all of it in one response, which loads nothing and can be used without its script. */
export function renderDocument(parts: DocumentParts): Page {
  const nonce = randomBytes(16).toString("base64");
  const script = pageScript();
  const { run, version } = parts.context;
  const data = Object.entries({ run, version, ...parts.data }).map(
    ([name, value]) => markup` data-${name}="${value}"`,
  );
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${parts.title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body class="${parts.kind}-page" data-page="${parts.kind}"${data}>
<header class="bar">
<div class="subject">${parts.bar}</div>
<nav aria-label="Debugger">${PAGES.map((way) => renderWay(way, parts.kind))}</nav>
</header>
${parts.content}\
${script === null ? null : markup`<script nonce="${nonce}" type="module">${new Markup(script)}</script>\n`}\
</body>
</html>
`;
  return { text: page.text, policy: policyFor(nonce) };
}

/** Nothing but its own style and script, and nobody may frame it or be sent a form from it. */
function policyFor(nonce: string): string {
  return (
    `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    // Text becomes HTML in one place of the script only (browser/dom.ts).
    "require-trusted-types-for 'script'; trusted-types highball"
  );
}

function renderWay([kind, path, name]: (typeof PAGES)[number], current: string): Markup {
  const here = kind === current ? markup` aria-current="page"` : null;
  return markup`<a href="${INTERNAL_PREFIX}${path}"${here}>${name}</a>\n`;
}
