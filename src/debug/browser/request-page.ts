import { find } from "./dom.ts";
import { installKeys, keyButton } from "./keys.ts";
import { ReplayBar } from "./replay-bar.ts";
import type { Session } from "./session.ts";
import { UnlockDialog } from "./unlock-form.ts";

/** Makes the page of a request one that can send it again. */
export function startRequestPage(session: Session): void {
  const replay = new ReplayBar(session, new UnlockDialog(session));
  find(".actions").append(keyButton("Send again", "r", () => replay.replay()));
  installKeys([{ keys: ["r"], does: "send the request again", run: () => replay.replay() }]);
  replay.start();
}
