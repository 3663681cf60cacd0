import { markup } from "../../http/error-page/markup.ts";
import type { Page } from "../../http/error-page/page.ts";
import { renderDocument } from "./document.ts";
import type { PageContext } from "./page-context.ts";

/** The page behind the link in the terminal: its script sends the ticket that the fragment holds. */
export function renderUnlockPage(context: PageContext): Page {
  return renderDocument({
    kind: "unlock",
    title: "Unlock — Highball",
    context,
    bar: markup`<b>Highball</b> <code>${context.project}</code>`,
    content: markup`<main>
<div class="headline"><h1>Unlock the debugger</h1>
<p class="where" id="outcome" role="status">Whoever unlocks it can run code in the application.</p></div>
<div class="actions"></div>
<noscript><p class="notice">Unlocking needs JavaScript.</p></noscript>
</main>
`,
  });
}
