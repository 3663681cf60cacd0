import { element, find } from "./dom.ts";
import { installKeys } from "./keys.ts";
import { ReplayBar } from "./replay-bar.ts";
import type { Session } from "./session.ts";
import { UnlockDialog } from "./unlock-form.ts";

/** Makes the page of a request one that can send it again. */
export function startRequestPage(session: Session): void {
  const replay = new ReplayBar(session, new UnlockDialog(session));
  find(".actions").append(
    element(
      "button",
      { type: "button", "aria-keyshortcuts": "r", click: () => replay.replay() },
      "Send again",
    ),
  );
  installKeys([{ keys: ["r"], does: "send the request again", run: () => replay.replay() }]);
  replay.start();
}
