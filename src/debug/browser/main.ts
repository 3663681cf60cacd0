/** What runs in the pages of the debugger; scripts/build-page.mjs makes one file of it. */
import { startConsolePage } from "./console-page.ts";
import { startErrorPage } from "./error-page.ts";
import { startIndexPage } from "./index-page.ts";
import { startRequestPage } from "./request-page.ts";
import { Session } from "./session.ts";
import { startUnlockPage } from "./unlock-page.ts";

document.documentElement.classList.add("scripted");
const session = new Session();
switch (document.body.dataset["page"]) {
  case "error":
    startErrorPage(session);
    break;
  case "index":
    startIndexPage();
    break;
  case "request":
    startRequestPage(session);
    break;
  case "console":
    startConsolePage(session);
    break;
  case "unlock":
    void startUnlockPage(session);
    break;
}
if (document.body.dataset["page"] !== "unlock") void session.refresh();
