import { consoles, type Consoles } from "./console/consoles.ts";
import { copyError } from "./copying.ts";
import { find } from "./dom.ts";
import { Frames } from "./frames.ts";
import { lookForFrames } from "./gone.ts";
import { installKeys, keyButton, type Key } from "./keys.ts";
import { ReplayBar } from "./replay-bar.ts";
import type { Session } from "./session.ts";
import { UnlockDialog } from "./unlock-form.ts";
import { VariableSearch } from "./variable-search.ts";

/** Makes the page of an error one that can be worked with. */
export function startErrorPage(session: Session): void {
  const id = document.body.dataset["error"] ?? "";
  const dialog = new UnlockDialog(session);
  const search = new VariableSearch();
  const open: Consoles = consoles(
    session,
    dialog,
    (frame) => `errors/${id}/frames/${encodeURIComponent(frame)}/`,
  );
  const frames = new Frames((panel) => {
    search.moveTo(panel);
    open.show(panel);
  });
  const replay = new ReplayBar(session, dialog, () => void lookForFrames());
  const copy = (format: "markdown" | "text"): void => void copyError(id, format);
  const openEditor = (): void => frames.current?.querySelector<HTMLAnchorElement>("a.editor")?.click();
  const keys: readonly Key[] = [
    { keys: ["j"], does: "next frame", run: () => frames.step(1) },
    { keys: ["k"], does: "frame before", run: () => frames.step(-1) },
    { keys: ["ArrowDown"], does: "next frame, in the list", within: ".frames", run: () => frames.step(1) },
    { keys: ["ArrowUp"], does: "frame before, in the list", within: ".frames", run: () => frames.step(-1) },
    { keys: ["l"], does: "unfold or fold library frames", run: () => frames.toggleFolds() },
    { keys: ["/"], does: "search in variables", run: () => search.focus() },
    { keys: ["i"], does: "go to the console", run: () => open.focus() },
    { keys: ["e"], does: "open in the editor", run: openEditor },
    { keys: ["c"], does: "copy as Markdown", run: () => copy("markdown") },
    { keys: ["t"], does: "copy as text", run: () => copy("text") },
    { keys: ["r"], does: "send the request again", run: () => replay.replay() },
  ];
  find(".actions").append(
    keyButton("Copy as Markdown", "c", () => copy("markdown")),
    keyButton("Copy as text", "t", () => copy("text")),
    ...(replay.isPossible ? [keyButton("Send again", "r", () => replay.replay())] : []),
    keyButton("Keys", "?", installKeys(keys)),
  );
  frames.begin();
  replay.start();
}
