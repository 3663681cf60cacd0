import { consoles } from "./console/consoles.ts";
import { find } from "./dom.ts";
import { installKeys } from "./keys.ts";
import type { Session } from "./session.ts";
import { UnlockDialog } from "./unlock-form.ts";

/** Makes the page of the console one to write in at once. */
export function startConsolePage(session: Session): void {
  const open = consoles(session, new UnlockDialog(session), () => "console/");
  open.show(find(".panel"));
  installKeys([{ keys: ["i"], does: "go to the console", run: () => open.focus() }]);
  const leave = session.subscribe(() => {
    leave();
    open.focus();
  });
}
