import { element, isField } from "./dom.ts";

/** What a key does on a page. */
export interface Key {
  /** As in `KeyboardEvent.key`; several do the same. */
  readonly keys: readonly string[];
  readonly does: string;
  run(): void;
  /** Only while the focus is within what this selects. */
  readonly within?: string;
}

/**
 * Keys without modifiers, while nobody writes. `?` shows them.
 *
 * @returns shows them too
 */
export function installKeys(keys: readonly Key[]): () => void {
  const show = (): void => {
    dialog.showModal();
    // Its button has the focus, and is below the keys.
    dialog.scrollTop = 0;
  };
  const all: readonly Key[] = [...keys, { keys: ["?"], does: "these keys", run: show }];
  const dialog = keysDialog(all);
  document.body.append(dialog);
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isField(target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const found = all.find(({ keys: names, within }) => names.includes(key) && isThere(target, within));
    if (found === undefined) return;
    event.preventDefault();
    found.run();
  });
  return show;
}

/** A button that says its key. */
export function keyButton(text: string, key: string, run: () => void): HTMLButtonElement {
  const hint = element("kbd", { "aria-hidden": "true" }, key);
  return element("button", { type: "button", "aria-keyshortcuts": key, click: run }, text, " ", hint);
}

function isThere(target: EventTarget | null, within: string | undefined): boolean {
  return within === undefined || (target instanceof Element && target.closest(within) !== null);
}

const NAMES: Readonly<Record<string, string>> = { ArrowUp: "↑", ArrowDown: "↓" };

/** Of the console: these are not ours to hear, but to tell of. */
const CONSOLE_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["Enter", "run, or go on where Python wants more"],
  ["Shift+Enter", "new line"],
  ["Tab", "complete"],
  ["↑ ↓", "what was run before"],
  ["Ctrl+C", "interrupt, or begin anew"],
  ["Ctrl+L", "clear"],
  ["Esc", "leave the console"],
];

function keysDialog(keys: readonly Key[]): HTMLDialogElement {
  const rows = keys.map(({ keys: names, does }) =>
    row(names.map((name) => NAMES[name] ?? name).join(" "), does),
  );
  const close = element("button", { type: "button", click: () => dialog.close() }, "Close");
  const dialog = element(
    "dialog",
    { "aria-labelledby": "keys-title", class: "keys" },
    element("h2", { id: "keys-title" }, "Keys"),
    element("dl", {}, ...rows),
    element("h3", {}, "In the console"),
    element("dl", {}, ...CONSOLE_KEYS.map(([names, does]) => row(names, does))),
    element("p", { class: "buttons" }, close),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}

function row(names: string, does: string): HTMLElement {
  const kbds = names.split(" ").flatMap((name) => [element("kbd", {}, name), " "]);
  return element("div", {}, element("dt", {}, ...kbds), element("dd", {}, does));
}
