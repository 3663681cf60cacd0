import { element } from "../dom.ts";
import { CompletionList } from "./completion-list.ts";
import { indentationAfter, insertionOf, pastedCode, stepBack } from "./editing.ts";
import type { History } from "./history.ts";

export interface PromptActions {
  /** Rejects where the code could not be run; it stays to be run later. */
  run(code: string): Promise<"done" | "incomplete">;
  complete(code: string): Promise<readonly string[]>;
  clear(): void;
  /** Ends what runs. */
  interrupt(): void;
}

/** Rows of the field before it scrolls. */
const MOST_ROWS = 20;

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
  readonly #chevrons = element("span", { class: "chevrons", "aria-hidden": "true" }, ">>>");
  /** How far back in the history; what was being written is kept meanwhile. */
  #back = 0;
  #draft = "";
  #isBusy = false;

  constructor(history: History, actions: PromptActions) {
    this.#history = history;
    this.#actions = actions;
    this.#list = new CompletionList(this.#area, (completion) => this.#insertCompletion(completion));
    this.root = element("div", { class: "prompt" }, this.#chevrons, this.#area, this.#list.root);
    this.#area.addEventListener("keydown", (event) => this.#press(event));
    this.#area.addEventListener("paste", (event) => this.#paste(event));
    this.#area.addEventListener("input", () => {
      this.#list.narrow(this.#before);
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
    else if (ctrlKey && !altKey && !metaKey && key === "c") return this.#cancel();
    else if (ctrlKey || altKey || metaKey) return false;
    else if (key === "Enter" && shiftKey) this.#newLine();
    else if (key === "Enter") this.#enter();
    else if (key === "Tab" && !shiftKey) return this.#tab();
    else if (key === "Backspace") return this.#stepBack();
    else if (key === "Escape") this.#area.blur();
    else if (key === "ArrowUp" && this.#isOnFirstLine) return this.#recall(1);
    else if (key === "ArrowDown" && this.#isOnLastLine) return this.#recall(-1);
    else return false;
    return true;
  }

  /** What stands before the caret. */
  get #before(): string {
    return this.#area.value.slice(0, this.#area.selectionStart);
  }

  get #isOnFirstLine(): boolean {
    return !this.#before.includes("\n");
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

  /** As in a terminal, where nothing is chosen to be copied: ends what runs, or begins anew. */
  #cancel(): boolean {
    const { value, selectionStart, selectionEnd } = this.#area;
    if (selectionStart !== selectionEnd) return false;
    if (this.#isBusy) this.#actions.interrupt();
    else {
      // Who did not mean it finds it there.
      if (value.trim() !== "") this.#history.add(value);
      this.#back = 0;
      this.#set("");
    }
    return true;
  }

  #stepBack(): boolean {
    const { selectionStart, selectionEnd } = this.#area;
    const columns = stepBack(this.#before);
    if (columns < 2 || selectionStart !== selectionEnd || this.#isBusy) return false;
    this.#area.setRangeText("", selectionStart - columns, selectionStart, "end");
    this.#grow();
    return true;
  }

  /** Only where it is all there is: elsewhere the indentation may be meant. */
  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const rest = this.#before + this.#area.value.slice(this.#area.selectionEnd);
    if (this.#isBusy || rest.trim() !== "" || pastedCode(text) === text) return;
    event.preventDefault();
    this.#set(pastedCode(text));
  }

  #newLine(): void {
    this.#insert(`\n${indentationAfter(this.#before)}`);
  }

  /** Leaves by the next Tab where there is nothing to complete: nobody is caught here (WCAG 2.2 §2.1.2). */
  #tab(): boolean {
    const before = this.#before;
    if (this.#area.value === "") return false;
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (line.trim() === "") this.#insert("    ".slice(line.length % 4));
    else void this.#complete(before);
    return true;
  }

  async #complete(before: string): Promise<void> {
    const completions = await this.#actions.complete(before);
    // Who went on writing does not want it any more.
    if (this.#before !== before) return;
    const [first] = completions;
    if (first === undefined) return;
    if (completions.length === 1) this.#insert(insertionOf(before, first));
    else this.#list.open(completions, before);
  }

  #insertCompletion(completion: string): void {
    this.#insert(insertionOf(this.#before, completion));
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
    const lines = this.#area.value.split("\n").length;
    this.#area.rows = 1;
    // Long lines wrap; nothing can be measured of what is not seen.
    const { clientHeight, scrollHeight } = this.#area;
    const rows = Math.max(lines, clientHeight > 0 ? Math.round(scrollHeight / clientHeight) : 1);
    this.#area.rows = Math.min(rows, MOST_ROWS);
    const more = rows === lines && rows <= MOST_ROWS ? "\n..." : "";
    this.#chevrons.textContent = ">>>" + more.repeat(lines - 1);
  }
}
