import { CONSOLE } from "../../../debuggee.ts";
import type { Session } from "../session.ts";
import type { UnlockDialog } from "../unlock-form.ts";
import { FrameConsole } from "./frame-console.ts";
import { History } from "./history.ts";

/** The consoles of a page: each frame has its own. */
export interface Consoles {
  /** Puts the console into a panel that comes to be seen. */
  show(panel: HTMLElement): void;
  /** Goes to the console that is seen. */
  focus(): void;
}

/** @param routeOf where the API has what belongs to a frame; ends with a slash */
export function consoles(
  session: Session,
  dialog: UnlockDialog,
  routeOf: (frame: string) => string,
): Consoles {
  const { evaluates, project = "" } = document.body.dataset;
  const history = new History(project);
  const made = new Map<HTMLElement, FrameConsole>();
  let current: FrameConsole | null = null;
  return {
    show(panel) {
      current = made.get(panel) ?? null;
      const frame = panel.dataset["frame"] ?? "";
      const { gone } = document.body.dataset;
      const place = panel.querySelector<HTMLElement>(".console-place");
      // Of frames that were not kept there is nothing to run code in, and of processes that have ended the page says so.
      if (current !== null || place === null || frame === "" || evaluates !== "true" || gone === "true")
        return;
      current = new FrameConsole(place, {
        session,
        dialog,
        history,
        route: routeOf(frame),
        isLasting: frame === CONSOLE,
      });
      made.set(panel, current);
    },
    focus: () => current?.focus(),
  };
}
