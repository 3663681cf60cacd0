import { randomBytes } from "node:crypto";
import { CLIENT_SCRIPT } from "../refresh/client-script.ts";
import { Markup, markup } from "./markup.ts";
import type { ErrorReport } from "./report.ts";
import { STYLE } from "./style.ts";
import { readTraceback, type TracebackPart } from "./traceback.ts";

/** What the page says beside the report. */
export interface PageContext {
  /** `500 Internal Server Error`. */
  readonly status: string;
  /** Method and target of the request. */
  readonly request: string;
  /** What the page follows from; null where it cannot hear of the code, or must not be loaded again. */
  readonly version: string | null;
}

/** A document, and the policy that it is to be sent with. */
export interface Page {
  readonly text: string;
  /** Value of Content-Security-Policy. */
  readonly policy: string;
}

const style: Markup = new Markup(STYLE);
const script: Markup = new Markup(CLIENT_SCRIPT);

/** Makes the page of a failure: all of it in one response, with nothing that is not escaped. */
export function renderPage(report: ErrorReport, context: PageContext): Page {
  const nonce = randomBytes(16).toString("base64");
  const { title, message, hint, traceback } = report;
  const { version } = context;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<p class="request"><b>${context.status}</b> ${context.request}</p>
<h1>${title}</h1>
${message === title ? null : markup`<p class="message">${message}</p>\n`}\
${hint === "" ? null : markup`<p class="hint">${hint}</p>\n`}\
${version === null ? null : markup`<p class="follows">This page loads again when the code does.</p>\n`}\
${traceback === "" ? null : tracebackSection(traceback)}\
</main>
${version === null ? null : markup`<script nonce="${nonce}" data-version="${version}">${script}</script>\n`}\
</body>
</html>
`;
  const policy =
    `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; ` +
    // Frames of the application's own may fail too.
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
  return { text: page.text, policy };
}

function tracebackSection(traceback: string): Markup {
  const parts = readTraceback(traceback);
  const last = parts.findLastIndex(({ kind }) => kind === "frame");
  return markup`<section>
<h2 id="traceback">Traceback</h2>
<pre tabindex="0" role="region" aria-labelledby="traceback">
${parts.map((part, index) => renderPart(part, index > last))}</pre>
</section>
`;
}

/** @param isError it comes after the last frame, where the error itself stands */
function renderPart(part: TracebackPart, isError: boolean): Markup {
  if (part.kind === "text") {
    return isError ? markup`<strong>${part.line}</strong>\n` : markup`${part.line}\n`;
  }
  const [before, file, between, line, after] = part.head;
  const slash = Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1;
  const name = markup`${file.slice(0, slash)}<b>${file.slice(slash)}</b>`;
  const source = part.source.map((text) => `${text}\n`);
  const kind = part.isLibrary ? "library" : "frame";
  const head = markup`<span class="head">${before}${name}${between}<b>${line}</b>${after}</span>`;
  return markup`<span class="${kind}">${head}\n${source}</span>`;
}
