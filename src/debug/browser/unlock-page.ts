import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";
import { find } from "./dom.ts";
import type { Session } from "./session.ts";
import { unlockForm } from "./unlock-form.ts";

/** Sends the ticket of the terminal's link, or asks for the PIN where there is none. */
export async function startUnlockPage(session: Session): Promise<void> {
  const outcome = find("#outcome");
  const ticket = location.hash.slice(1);
  // It opens nothing a second time, and is no text for a history.
  history.replaceState(null, "", location.pathname);
  if (ticket !== "") {
    outcome.textContent = "Unlocking…";
    try {
      const { unlocked } = await session.unlock({ ticket });
      if (unlocked) return leave();
    } catch {
      // The form says more.
    }
    outcome.textContent = "This link was used already, or is of an earlier run. The PIN opens as well.";
  }
  find(".actions").append(unlockForm(session, leave));
}

/** Back to the page that sent here, else to the list of errors. */
function leave(): void {
  const from = document.referrer === "" ? null : new URL(document.referrer);
  const isOwn = from !== null && from.origin === location.origin && from.pathname !== location.pathname;
  location.replace(isOwn ? from : `${INTERNAL_PREFIX}errors`);
}
