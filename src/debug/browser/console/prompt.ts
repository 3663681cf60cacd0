import { element } from "../dom.ts";
import { CompletionList } from "./completion-list.ts";
import { indentationAfter, insertionOf } from "./editing.ts";
import type { History } from "./history.ts";

export interface PromptActions {
  /** Rejects where the code could not be run; it stays to be run later. */
  run(code: string): Promise<"done" | "incomplete">;
  complete(code: string): Promise<readonly string[]>;
  clear(): void;
}

/** Where code is written: grows with it, knows what was run before, completes. */
export class Prompt {
  readonly root: HTMLElement;
  readonly #area = element("textarea", {
    rows: "1",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    "aria-label": "Python code to run in this frame",
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
  });
  readonly #history: History;
  readonly #actions: PromptActions;
  readonly #list: CompletionList;
  /** How far back in the history; what was being written is kept meanwhile. */
  #back = 0;
  #draft = "";
  #isBusy = false;

  constructor(history: History, actions: PromptActions) {
    this.#history = history;
    this.#actions = actions;
    this.#list = new CompletionList(this.#area, (completion) => this.#insertCompletion(completion));
    const chevrons = element("span", { class: "chevrons", "aria-hidden": "true" }, ">>>");
    this.root = element("div", { class: "prompt" }, chevrons, this.#area, this.#list.root);
    this.#area.addEventListener("keydown", (event) => this.#press(event));
    this.#area.addEventListener("input", () => {
      this.#list.close();
      this.#grow();
    });
    this.#area.addEventListener("blur", () => this.#list.close());
  }

  focus(): void {
    this.#area.focus();
  }

  #press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (this.#list.press(event.key)) {
      event.preventDefault();
      return;
    }
    if (this.#does(event)) event.preventDefault();
  }

  #does({ key, shiftKey, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
    if (ctrlKey && !altKey && !metaKey && key === "l") this.#actions.clear();
    else if (ctrlKey || altKey || metaKey) return false;
    else if (key === "Enter" && shiftKey) this.#newLine();
    else if (key === "Enter") this.#enter();
    else if (key === "Tab" && !shiftKey) return this.#tab();
    else if (key === "Escape") this.#area.blur();
    else if (key === "ArrowUp" && this.#isOnFirstLine) return this.#recall(1);
    else if (key === "ArrowDown" && this.#isOnLastLine) return this.#recall(-1);
    else return false;
    return true;
  }

  get #isOnFirstLine(): boolean {
    return !this.#area.value.slice(0, this.#area.selectionStart).includes("\n");
  }

  get #isOnLastLine(): boolean {
    return !this.#area.value.slice(this.#area.selectionEnd).includes("\n");
  }

  #enter(): void {
    const { value, selectionStart } = this.#area;
    if (value.trim() === "") return;
    // In the midst of several lines it is a line that is wanted.
    if (value.includes("\n") && value.slice(selectionStart).trim() !== "") this.#newLine();
    else void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#area.readOnly = true;
    const code = this.#area.value;
    try {
      // The indentation of an empty last line is ours, and the end of a block is meant.
      const status = await this.#actions.run(code.replace(/\n[ \t]+$/, "\n"));
      if (status === "incomplete") {
        this.#area.setSelectionRange(code.length, code.length);
        this.#newLine();
      } else {
        this.#history.add(code.replace(/\n+$/, ""));
        this.#back = 0;
        this.#set("");
      }
    } catch {
      // It was said where it was asked for.
    } finally {
      this.#isBusy = false;
      this.#area.readOnly = false;
    }
  }

  #newLine(): void {
    const { value, selectionStart } = this.#area;
    this.#insert(`\n${indentationAfter(value.slice(0, selectionStart))}`);
  }

  /** Leaves by the next Tab where there is nothing to complete: nobody is caught here (WCAG 2.2 §2.1.2). */
  #tab(): boolean {
    const { value, selectionStart } = this.#area;
    const before = value.slice(0, selectionStart);
    if (value === "") return false;
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (line.trim() === "") this.#insert("    ".slice(line.length % 4));
    else void this.#complete(before);
    return true;
  }

  async #complete(before: string): Promise<void> {
    const completions = await this.#actions.complete(before);
    // Who went on writing does not want it any more.
    if (this.#area.value.slice(0, this.#area.selectionStart) !== before) return;
    const [first] = completions;
    if (first === undefined) return;
    if (completions.length === 1) this.#insert(insertionOf(before, first));
    else this.#list.open(completions);
  }

  #insertCompletion(completion: string): void {
    const { value, selectionStart } = this.#area;
    this.#insert(insertionOf(value.slice(0, selectionStart), completion));
  }

  #recall(by: 1 | -1): boolean {
    const back = this.#back + by;
    if (back < 0 || back > this.#history.length) return false;
    if (this.#back === 0) this.#draft = this.#area.value;
    this.#back = back;
    this.#set(back === 0 ? this.#draft : (this.#history.at(back) ?? ""));
    return true;
  }

  #insert(text: string): void {
    const { selectionStart, selectionEnd } = this.#area;
    this.#area.setRangeText(text, selectionStart, selectionEnd, "end");
    this.#grow();
  }

  #set(text: string): void {
    this.#area.value = text;
    this.#area.setSelectionRange(text.length, text.length);
    this.#grow();
  }

  #grow(): void {
    this.#area.rows = Math.min(this.#area.value.split("\n").length, 20);
  }
}
