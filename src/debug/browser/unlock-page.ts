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
    outcome.textContent = "This link was used already, or is another server's. The PIN opens as well.";
  }
  find(".actions").append(unlockForm(session, leave));
}

/** To the list of errors: the tabs that wait for it know already. */
function leave(): void {
  location.replace(`${INTERNAL_PREFIX}errors`);
}
